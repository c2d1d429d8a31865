/**
 * What a trigger of the kind `file` would notice now: the workers are asked as the leader's duty asks them, and nothing is written. Only
 * the server that leads has workers to ask; any other says so, and what is on record.
 */
import {
  type FoundThing,
  fileParams,
  isObjectAddress,
  type LookProblem,
  type MappedParams,
  type TriggerRow,
  thingKey,
  WHOLE_GROUP,
  type WorkerId,
} from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';
import { isoTime } from '../resources/paging.ts';
import type { TriggerLookView } from '../views/trigger.ts';
import { type FileTrigger, watchesOf } from './watch-view.ts';

/** Has workers look, for as long as this server leads. */
export interface WorkerLooks {
  /** Connected workers of the group that can look. */
  of(group: string): readonly { readonly workerId: WorkerId; readonly name: string }[];
  /** @returns null when the worker does not answer. */
  look(
    workerId: WorkerId,
    wanted: { readonly path: string; readonly after: string | null; readonly limit: number },
  ): Promise<{
    readonly entries: readonly FoundThing[];
    readonly isEnd: boolean;
    readonly problem: LookProblem | null;
  } | null>;
}

/** What a run for a file would be started with, or why there would be none. */
type TryFile = (
  mapped: MappedParams,
) => { readonly params: Readonly<Record<string, string>> } | { readonly problem: string };

const MAX_ASKED = 16;
/** Of each worker: one page. */
const MAX_FOUND = 1_000;
const MAX_SHOWN = 100;

interface Finding {
  readonly thing: FoundThing;
  readonly worker: string;
  readonly known: boolean;
  readonly problem: string | null;
}

export interface TriedLook {
  readonly look: TriggerLookView;
  /** Of the first file that would start a run; null: there is none. */
  readonly params: Readonly<Record<string, string>> | null;
}

export async function tryLook(
  deps: Pick<ApiDeps, 'store' | 'workers' | 'clock' | 'lookouts' | 'leadership'>,
  trigger: FileTrigger,
  tryFile: TryFile,
): Promise<TriedLook> {
  if (deps.leadership().role !== 'leader') return { look: await fromRows(deps, trigger), params: null };
  const { path, workerGroup } = trigger.config;
  const group = deps.lookouts.of(workerGroup);
  const isObject = isObjectAddress(path);
  const asked = group.slice(0, isObject ? 1 : MAX_ASKED);
  const answers = await Promise.all(
    asked.map(async ({ workerId, name }) => {
      const answer = await deps.lookouts.look(workerId, { path, after: null, limit: MAX_FOUND });
      return { watcher: isObject ? WHOLE_GROUP : workerId, name, answer };
    }),
  );

  const numbers = await numbersOf(deps, trigger);
  const findings: Finding[] = [];
  const told = new Set<string>();
  let params: TriedLook['params'] = null;
  let newFiles = 0;
  for (const { watcher, name, answer } of answers) {
    const entries = (answer?.entries ?? []).filter((thing) => !told.has(thingKey(thing)));
    const known = new Map(
      (await deps.store.watching.known(trigger.id, entries.map(thingKey))).map((row) => [row.key, row.knownFrom]),
    );
    for (const thing of entries) {
      const key = thingKey(thing);
      told.add(key);
      // Who has not had his first look will know in it whatever is there.
      const number = numbers.get(watcher) ?? Number.POSITIVE_INFINITY;
      const isKnown = number === Number.POSITIVE_INFINITY || (known.get(key) ?? Number.POSITIVE_INFINITY) <= number;
      const made = isKnown ? null : tryFile(fileParams(trigger.config.mapping, thing, name));
      if (!isKnown) newFiles += 1;
      if (made !== null && 'params' in made) params ??= made.params;
      findings.push({ thing, worker: name, known: isKnown, problem: made && 'problem' in made ? made.problem : null });
    }
  }
  const look: TriggerLookView = {
    looked: true,
    note: noteOf(trigger, group.length, asked.length),
    workers: answers.map(({ name, answer }) => ({
      name,
      found: answer?.entries.length ?? null,
      more: answer !== null && !answer.isEnd,
      problem: answer?.problem ? { ...answer.problem } : null,
    })),
    files: [...findings]
      .sort((a, b) => Number(a.known) - Number(b.known))
      .slice(0, MAX_SHOWN)
      .map(fileView),
    newFiles,
  };
  return { look, params };
}

/** Of those who have had their first look; others know whatever is there when they have it. */
async function numbersOf(
  { store }: Pick<ApiDeps, 'store'>,
  { id, cursor }: TriggerRow,
): Promise<ReadonlyMap<string, number>> {
  const rows = await store.watching.watchers([id]);
  const looking = rows.filter(({ since, firstAt }) => since === cursor && firstAt !== null);
  return new Map(looking.map(({ watcher, number }) => [watcher, number]));
}

function noteOf({ config }: FileTrigger, inGroup: number, asked: number): string | null {
  if (inGroup === 0) return `No worker of the group “${config.workerGroup}” is connected that can look.`;
  if (asked < inGroup && !isObjectAddress(config.path))
    return `${asked} of ${inGroup} workers of the group were asked.`;
  return null;
}

function fileView({ thing, ...more }: Finding): TriggerLookView['files'][number] {
  const { path, size, modifiedAt, etag } = thing;
  return { path, size, modified: modifiedAt === null ? null : isoTime(modifiedAt), etag, ...more };
}

async function fromRows(
  deps: Pick<ApiDeps, 'store' | 'workers' | 'clock' | 'leadership'>,
  trigger: FileTrigger,
): Promise<TriggerLookView> {
  const { leaderName, leaderUrl } = deps.leadership();
  const leader = leaderName === null ? 'No server leads at present' : `The server ${leaderName} leads`;
  const where = leaderUrl === null ? '' : ` (${leaderUrl})`;
  const watchers = (await watchesOf(deps, [trigger])).get(trigger.id)?.watch.watchers ?? [];
  return {
    looked: false,
    note: `${leader}${where}, and only the one that leads can have workers look: ask there what is there now.`,
    workers: watchers
      .filter(({ connected }) => connected)
      .map(({ name, workerId, problem }) => ({
        name: name ?? workerId ?? trigger.config.workerGroup,
        ...{ found: null, more: false, problem },
      })),
    files: [],
    newFiles: 0,
  };
}
