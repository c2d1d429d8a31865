/** A listener instance as people see it: without secrets, with how far it is. */
import { type ListenerInstanceRow, selectionOf, toAppError } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';
import { isoTime, isoTimeOrNull } from '../resources/paging.ts';
import type { ListenerInstanceView } from '../views/listener.ts';
import { allPlugins, settingsOf } from './plugin-catalog.ts';

type Deps = Pick<ApiDeps, 'store' | 'sealer' | 'listeners'>;

export async function openSettings(deps: Deps, row: ListenerInstanceRow): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await deps.sealer.open(row.id, row.settings));
}

/** What can be shown, and why it is nothing if it is. */
export async function shownSettings(deps: Deps, row: ListenerInstanceRow) {
  try {
    const plugin = (await allPlugins(deps.store)).find(({ name }) => name === row.plugin);
    if (plugin === undefined) return { ...NOTHING, problem: `The plugin “${row.plugin}” is not there any more.` };
    const { settings, hasSecret } = settingsOf(plugin).show(await openSettings(deps, row));
    return { settings: { ...settings }, hasSecret: [...hasSecret], problem: null };
  } catch (thrown) {
    return { ...NOTHING, problem: toAppError(thrown).message };
  }
}

const NOTHING = { settings: {}, hasSecret: [] as string[] };

export async function instanceView(deps: Deps, row: ListenerInstanceRow): Promise<ListenerInstanceView> {
  const { store } = deps;
  const backlog = await deps.listeners.events.waiting({ ...selectionOf(row), after: row.cursor });
  const project = row.projectId === null ? null : await store.projects.find(row.projectId);
  return {
    ...{ id: row.id, name: row.name, plugin: row.plugin, enabled: row.enabled },
    ...(await shownSettings(deps, row)),
    eventTypes: [...row.eventTypes],
    project: row.projectId === null ? null : { id: row.projectId, name: project?.name ?? null },
    delivery: {
      ...{ cursor: row.cursor, delivered: row.delivered, skipped: row.skipped },
      lastDeliveredAt: isoTimeOrNull(row.lastDeliveredAt),
      waiting: row.enabled ? backlog.events : 0,
      oldestWaitingAt: row.enabled ? isoTimeOrNull(backlog.oldestAt) : null,
      blocked:
        row.blockedSeq === null
          ? null
          : {
              ...{ seq: row.blockedSeq, attempts: row.attempt, reason: row.reason ?? '' },
              since: isoTime(row.blockedSince ?? row.updatedAt),
              nextAttemptAt: isoTimeOrNull(row.nextAttemptAt),
            },
    },
    ...{ createdAt: isoTime(row.createdAt), updatedAt: isoTime(row.updatedAt) },
  };
}
