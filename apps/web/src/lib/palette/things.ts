/** Lines of the search that lead to things by their names. */
import type { AlertView, InstanceView, MeView, SearchHit, UserView, WorkflowView } from '@vaquita/client';
import { i18n } from '#lib/i18n/i18n.svelte.ts';
import type { PaletteMessages } from '#lib/i18n/late/en-palette.ts';
import { routeFor } from '#lib/routes/route-for.ts';
import { hrefOf, placeOf, titleOf } from '#lib/search/hits.ts';
import { navFor } from '#lib/shell/nav.ts';
import { goto } from '$app/navigation';
import type { Item } from './item.ts';

type Part = Omit<Item, 'group' | 'run'> & { readonly href: string };

const leading = (group: string, parts: readonly Part[]): Item[] =>
  parts.map(({ href, ...part }) => ({ ...part, group, run: () => void goto(href) }));

export function pageItems(m: PaletteMessages, me: MeView | undefined): Item[] {
  const { nav, workers } = i18n.m;
  const own = (id: string, label: string, href: string): Part => ({ id: `page-${id}`, label, href });
  return leading(m.pages, [
    ...navFor(me).map(({ id, href }) => own(id, nav[id], href())),
    own('calendars', m.more.calendars, routeFor.calendars()),
    own('forecast', m.more.forecast, routeFor.forecast()),
    own('account', nav.account, routeFor.account()),
    ...(me?.permissions.includes('admin')
      ? [
          own('registry', m.more.registry, routeFor.registry()),
          own('retention', m.more.retention, routeFor.retention()),
          own('channels', m.more.channels, routeFor.alertChannels()),
          own('join', workers.join, routeFor.workers(true)),
        ]
      : []),
  ]);
}

export function workflowItems(m: PaletteMessages, workflows: readonly WorkflowView[]): Item[] {
  return leading(
    m.workflows,
    workflows.map(({ id, name, projectName }) => ({
      id: `workflow-${id}`,
      label: name,
      detail: projectName,
      href: routeFor.workflow(projectName, name),
    })),
  );
}

/** The pages of each workflow: many, so only for what is typed beside a name. */
export function workflowPageItems(m: PaletteMessages, workflows: readonly WorkflowView[]): Item[] {
  const { workflow: word } = i18n.m;
  return leading(
    m.workflows,
    workflows.flatMap(({ id, name, projectName }) =>
      [
        ['grid', m.more.grid, routeFor.workflowGrid(projectName, name)],
        ['versions', word.versions, routeFor.workflowVersions(projectName, name)],
        ['calendar', m.more.calendar, routeFor.workflowCalendar(projectName, name)],
        ['stats', m.more.statistics, routeFor.workflowStatistics(projectName, name)],
        ['runs', word.runs, routeFor.workflow(projectName, name, 'runs')],
        ['source', word.source, routeFor.workflow(projectName, name, 'source')],
        ['edit', word.edit, routeFor.editWorkflow(projectName, name)],
      ].map(([part, label, href]) => ({
        id: `workflow-${id}-${part}`,
        label: `${name} ${label}`,
        detail: projectName,
        href: href!,
      })),
    ),
  );
}

export function runItems(m: PaletteMessages, runs: readonly InstanceView[]): Item[] {
  return leading(
    m.runs,
    runs.map(({ id, workflowName, number, projectName, state }) => ({
      id: `run-${id}`,
      label: number === null ? workflowName : `${workflowName} ${i18n.m.run.number(number)}`,
      detail: projectName,
      state,
      words: number === null ? id : `${workflowName}#${number} ${id}`,
      href: routeFor.run(projectName, id),
    })),
  );
}

/** A run of which only the id is known: whether there is one, its page says. */
export function anyRunItems(m: PaletteMessages, id: string): Item[] {
  return leading(m.runs, [{ id: `any-run-${id}`, label: m.runById(id), href: routeFor.anyRun(id) }]);
}

/** What the server has found. Ids are those of the lines above, so that nothing stands there twice. */
export function hitItems(m: PaletteMessages, hits: readonly SearchHit[]): Item[] {
  return leading(
    m.found,
    hits.map((hit) => ({
      id: `${hit.kind}-${hit.id}`,
      label: titleOf(hit),
      detail: placeOf(hit),
      ...(hit.state === null ? {} : { state: hit.state }),
      href: hrefOf(hit),
    })),
  );
}

export function everywhereItems(m: PaletteMessages, text: string): Item[] {
  return leading(m.actions, [{ id: 'search', label: m.everywhere(text), href: routeFor.search(text) }]);
}

export interface Named {
  readonly alerts: readonly AlertView[];
  readonly users: readonly UserView[];
}

export function namedItems({ alerts, users }: Named): Item[] {
  const { nav } = i18n.m;
  return [
    ...leading(
      nav.alerts,
      alerts.map(({ id, title }) => ({ id: `alert-${id}`, label: title, href: routeFor.alert(id) })),
    ),
    ...leading(
      nav.users,
      users.map(({ id, name }) => ({ id: `user-${id}`, label: name, href: routeFor.users({ user: name }) })),
    ),
  ];
}
