/** Who looks for triggers of the kind `file`, as it is shown, and why nobody does. Answered from rows, on whatever server. */
import {
  isObjectAddress,
  type TriggerConfig,
  type TriggerRow,
  type TriggerWatcherRow,
  WHOLE_GROUP,
} from '@vaquita/core';
import type { WorkerRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { isoTime } from '../resources/paging.ts';
import { MAX_COUNTED_THINGS, type TriggerWatcherView, type TriggerWatchView } from '../views/trigger.ts';

export type FileTrigger = TriggerRow & { readonly config: Extract<TriggerConfig, { kind: 'file' }> };

export interface ShownWatch {
  readonly watch: TriggerWatchView;
  /** Why it cannot do its work at present; null: it can, as far as is known. */
  readonly problem: string | null;
}

const MAX_WATCHERS = 100;
/** A server may have been restarted, or another one may have to lead first. */
const LOOK_GRACE_MS = 120_000;

export function isFileTrigger(row: TriggerRow): row is FileTrigger {
  return row.config.kind === 'file';
}

/** @returns how each of the triggers is watched; nothing for those of another kind. */
export async function watchesOf(
  { store, workers, clock }: Pick<ApiDeps, 'store' | 'workers' | 'clock'>,
  rows: readonly TriggerRow[],
): Promise<ReadonlyMap<string, ShownWatch>> {
  const triggers = rows.filter(isFileTrigger);
  if (triggers.length === 0) return new Map();
  const ids = triggers.map(({ id }) => id);
  const [watchers, counts, all] = await Promise.all([
    store.watching.watchers(ids),
    store.watching.knownCounts(ids, MAX_COUNTED_THINGS),
    workers.list(),
  ]);
  const now = clock.now();
  return new Map(
    triggers.map((trigger) => {
      const { id, cursor, config } = trigger;
      const current = watchers.filter(({ triggerId, since }) => triggerId === id && since === cursor);
      const group = all.filter((worker) => worker.groups.includes(config.workerGroup) && worker.state !== 'offline');
      const shown = current.slice(0, MAX_WATCHERS).map((row) => watcherView(row, all, group));
      const watch = { watchers: shown, moreWatchers: current.length > MAX_WATCHERS, things: counts.get(id) ?? 0 };
      return [id, { watch, problem: trigger.online ? problemOf(trigger, group, { current, now }) : null }] as const;
    }),
  );
}

function watcherView(
  { watcher, firstAt, problem }: TriggerWatcherRow,
  all: readonly WorkerRow[],
  group: readonly WorkerRow[],
): TriggerWatcherView {
  const isGroup = watcher === WHOLE_GROUP;
  return {
    workerId: isGroup ? null : watcher,
    name: all.find(({ id }) => id === watcher)?.name ?? null,
    connected: isGroup ? group.length > 0 : group.some(({ id }) => id === watcher),
    firstLookAt: firstAt === null ? null : isoTime(firstAt),
    problem: problem && { ...problem },
  };
}

function problemOf(
  { config, updatedAt }: FileTrigger,
  group: readonly WorkerRow[],
  { current, now }: { readonly current: readonly TriggerWatcherRow[]; readonly now: number },
): string | null {
  const named = `the group “${config.workerGroup}”`;
  if (group.length === 0) return `No worker of ${named} is connected, so nobody looks.`;
  const here = current.filter(({ watcher }) => watcher === WHOLE_GROUP || group.some(({ id }) => id === watcher));
  if (here.length === 0) {
    const since = Math.max(updatedAt, ...group.map(({ connectedAt }) => connectedAt ?? 0));
    if (now - since < 2 * config.everyMs + LOOK_GRACE_MS) return null;
    return `No worker of ${named} has looked yet, although there are some. Agents look from version 1.2 of the protocol on: update them.`;
  }
  const troubled = here.filter(({ problem }) => problem !== null);
  if (troubled.length < here.length) return null;
  const { watcher, problem } = troubled[0]!;
  const name = group.find(({ id }) => id === watcher)?.name;
  const told = name === undefined || isObjectAddress(config.path) ? problem!.text : `On ${name}: ${problem!.text}`;
  return troubled.length === 1 ? told : `${told} So it is with all ${troubled.length} workers that look.`;
}
