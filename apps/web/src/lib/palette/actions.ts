/** What the search can do at once, besides leading to a page. Who may not do it is not offered it. */
import type { MeView, WorkflowView } from '@vaquita/client';
import { i18n, LOCALE_NAMES, LOCALES } from '#lib/i18n/i18n.svelte.ts';
import type { PaletteMessages } from '#lib/i18n/late/en-palette.ts';
import { choose } from '#lib/prefs/follow.ts';
import { routeFor } from '#lib/routes/route-for.ts';
import { allZones } from '#lib/time/zoned.ts';
import { goto } from '$app/navigation';
import type { Item } from './item.ts';

interface Context {
  readonly m: PaletteMessages;
  readonly me: MeView | undefined;
  readonly workflows: readonly WorkflowView[];
  /** Where a new workflow would be. */
  readonly project: string | undefined;
  readonly onhelp: () => void;
  readonly onsignout: () => void;
}

/** @param query what is typed: what there are many of is offered only where it holds every word of it */
export function actionItems({ m, me, workflows, project, onhelp, onsignout }: Context, query: string): Item[] {
  const may = (permission: MeView['permissions'][number]) => me?.permissions.includes(permission) ?? false;
  const action = (id: string, label: string, run: () => void, more: Partial<Item> = {}): Item => ({
    ...{ id: `do-${id}`, group: m.actions, label, run },
    ...more,
  });
  const few = [
    ...(may('edit') && project
      ? [action('new', i18n.m.workflows.create, () => void goto(routeFor.newWorkflow(project)), { detail: project })]
      : []),
    action('theme', m.toggleTheme, () =>
      choose({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' }),
    ),
    ...LOCALES.filter((locale) => locale !== i18n.locale).map((locale) =>
      action(`language-${locale}`, `${i18n.m.prefs.language}: ${LOCALE_NAMES[locale]}`, () => choose({ locale }), {
        words: `language ${locale}`,
      }),
    ),
    action('help', i18n.m.nav.shortcuts, onhelp),
    action('out', i18n.m.prefs.signOut, onsignout),
  ];
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return few;
  const starts = workflows
    .filter(({ online }) => online && may('operate'))
    .map(({ id, name, projectName }) =>
      action(`start-${id}`, i18n.m.workflows.runNamed(name), () => void goto(routeFor.start(projectName, name)), {
        detail: projectName,
      }),
    );
  const zones = allZones().map((zone) =>
    action(`zone-${zone}`, `${i18n.m.prefs.zone}: ${zone}`, () => choose({ zone }), { words: 'time zone' }),
  );
  const many = [...starts, ...zones].filter((item) => {
    const text = `${item.label} ${item.words ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return [...few, ...many];
}
