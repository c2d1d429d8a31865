/**
 * One look of one watcher: asks page by page, and either knows what is there (his first look) or notices what is new. See the invariants
 * in file-duty.ts.
 */
import {
  type Clock,
  type CommandRow,
  type Epoch,
  type LookProblem,
  settle,
  type TriggerFiringRow,
  type TriggerWatcherRow,
  thingKey,
  type Waiting,
  type WorkerId,
} from '@vaquita/core';
import { type FiringStore, NOTED_AGAIN_MS, type WatchQueue } from '@vaquita/store';
import type { LookAnswer, LookedEntry, Lookouts } from '../sessions/lookouts.ts';
import { type FileTrigger, type Find, fireForFind, firstLook, sameProblem } from './found-occasion.ts';
import type { FileDutySettings } from './settings.ts';
import type { TriggerTarget } from './start-target.ts';

export interface FileLookDeps {
  readonly queue: WatchQueue;
  readonly firings: Pick<FiringStore, 'find'>;
  readonly lookouts: Lookouts;
  readonly clock: Clock;
  /** The start of a run is durable. */
  readonly filed: (command: CommandRow) => void;
  /** A firing is durable. */
  readonly fired: (firing: TriggerFiringRow) => void;
  readonly settings: FileDutySettings;
}

/** A look of a trigger, by however many watchers at once. */
export interface TriggerLook {
  readonly trigger: FileTrigger;
  readonly epoch: Epoch;
  readonly look: number;
  /** Things first found in this look or before it are settled. */
  readonly settledLook: number;
  /** What cannot start a run for now, by key, with the reason that is on record. */
  readonly refusals: Map<string, string>;
  /** Read once for all things of the look. */
  target(): Promise<TriggerTarget>;
  /** The term is over, or the trigger is not looked for any more. */
  isOver(): boolean;
  /** How many records may still be written; what is left over waits for the next look. */
  left: number;
  hasRest: boolean;
}

export interface Watcher {
  readonly row: TriggerWatcherRow;
  readonly workerId: WorkerId;
  readonly name: string;
  readonly waiting: Waiting;
}

/** `silent`: nobody has answered, so nothing is known. `changed`: the trigger is not as it was read. */
export type WatcherLook =
  | { readonly end: 'looked'; readonly problem: LookProblem | null; readonly waiting: Waiting }
  | { readonly end: 'silent' | 'changed'; readonly waiting: Waiting };

/** What nobody may read stays so as a rule: with something found beside it, a look counts. With nothing found, nobody knows what is there. */
const PARTIAL = ['not_allowed'];
/** What is passed over can never be found under the name it has. */
const HARMLESS = ['bad_name'];
const MAX_PROBLEM_CHARS = 500;

export async function lookOf(deps: FileLookDeps, look: TriggerLook, watcher: Watcher): Promise<WatcherLook> {
  const { lookouts, settings } = deps;
  const { path } = look.trigger.config;
  const isFirst = watcher.row.firstAt === null;
  const waiting = new Map<string, number>();
  /** Of a look that was cut short: what was not seen again may be there all the same. */
  const cut = (end: 'silent' | 'changed'): WatcherLook => ({ end, waiting: new Map([...watcher.waiting, ...waiting]) });

  let found = 0;
  /** A problem is told by the page on which it was met, and by no other. */
  let met: LookProblem | null = null;
  let last: LookAnswer;
  for (let after: string | null = null; ; ) {
    if (look.isOver()) return cut('silent');
    const answer = await lookouts.look(watcher.workerId, { path, after, limit: settings.page });
    if (answer === null || look.isOver()) return cut('silent');
    found += answer.entries.length;
    const pending = isFirst
      ? await know(deps, look, watcher, answer.entries)
      : await notice(deps, look, watcher, answer.entries);
    if (pending === null) return cut('changed');
    for (const [key, look] of pending) waiting.set(key, look);
    last = answer;
    met = worse(met, answer.problem);
    after = answer.entries.at(-1)?.path ?? null;
    if (answer.isEnd || after === null || found >= settings.files) break;
  }
  const problem = last.isEnd ? shortened(met) : tooMany(found);
  const isWhole =
    last.isEnd &&
    (problem === null || HARMLESS.includes(problem.code) || (found > 0 && PARTIAL.includes(problem.code)));
  if (!(await putDown(deps, look, watcher, { problem, isWhole, found }))) return cut('changed');
  return isWhole ? { end: 'looked', problem, waiting } : { ...cut('silent'), end: 'looked', problem };
}

/** Of two problems that for which more may be unseen. */
function worse(one: LookProblem | null, other: LookProblem | null): LookProblem | null {
  if (one === null || other === null) return one ?? other;
  const rank = ({ code }: LookProblem) => (HARMLESS.includes(code) ? 0 : PARTIAL.includes(code) ? 1 : 2);
  return rank(other) > rank(one) ? other : one;
}

/** W3 @returns null when the trigger is not as it was read. */
async function know(
  { queue, clock }: FileLookDeps,
  { trigger, epoch }: TriggerLook,
  { row }: Watcher,
  entries: readonly LookedEntry[],
): Promise<Waiting | null> {
  const things = { keys: entries.map(thingKey), knownFrom: row.number, at: clock.now() };
  return entries.length === 0 || (await queue.know(epoch, trigger, things)) ? new Map() : null;
}

/** @returns what waits, of these; null when the trigger is not as it was read. */
async function notice(
  deps: FileLookDeps,
  look: TriggerLook,
  watcher: Watcher,
  entries: readonly LookedEntry[],
): Promise<Waiting | null> {
  const { queue, clock } = deps;
  const { trigger, epoch } = look;
  const byKey = new Map(entries.map((thing) => [thingKey(thing), thing]));
  const rows = await queue.known(trigger.id, [...byKey.keys()]);
  const known = rows.filter(({ knownFrom }) => knownFrom <= watcher.row.number);
  const now = clock.now();
  const old = known.filter(({ seenAt }) => Math.abs(now - seenAt) >= NOTED_AGAIN_MS).map(({ key }) => key);
  if (old.length > 0) {
    const again = { keys: old, knownFrom: watcher.row.number, at: now };
    if (!(await queue.know(epoch, trigger, again))) return null;
  }
  for (const { key } of known) byKey.delete(key);
  const { waiting, settled } = settle(watcher.waiting, [...byKey.keys()], look);
  const left = new Map(waiting);
  for (const [key, thing] of byKey) {
    if (!settled.has(key)) continue;
    if (look.isOver()) break;
    const acted = await act(deps, look, { thing, worker: watcher.name });
    if (acted === 'changed') return null;
    if (acted === 'done') left.delete(key);
  }
  return left;
}

/** W1, W2 @returns `later` while there is nothing to be done about it, or no room in this look. */
async function act(deps: FileLookDeps, look: TriggerLook, find: Find): Promise<'done' | 'later' | 'changed'> {
  const { queue, clock } = deps;
  const { trigger, epoch, refusals } = look;
  const wanted = fireForFind(trigger, find, { target: await look.target(), now: clock.now() });
  const { firing, run } = wanted;
  if (firing.reason !== null && refusals.get(firing.key) === firing.reason) return 'later';
  if (look.left === 0) {
    look.hasRest = true;
    return 'later';
  }
  look.left -= 1;
  if (firing.reason !== null && (await isOnRecord(deps, firing))) {
    refusals.set(firing.key, firing.reason);
    return 'later';
  }
  const { answer } = await queue.fire(epoch, wanted);
  if (answer === 'changed') return 'changed';
  if (answer === 'known') {
    const things = { keys: [firing.key], knownFrom: 0, at: clock.now() };
    return (await queue.know(epoch, trigger, things)) ? 'done' : 'changed';
  }
  deps.fired(firing);
  if (run === null) {
    refusals.set(firing.key, firing.reason!);
    return 'later';
  }
  refusals.delete(firing.key);
  deps.filed(run.command);
  return 'done';
}

/** A refusal is not written again while the reason is the same. */
async function isOnRecord({ firings }: FileLookDeps, { triggerId, key, reason }: TriggerFiringRow): Promise<boolean> {
  const row = await firings.find(triggerId, key);
  return row?.outcome === 'refused' && row.reason === reason;
}

/** What has come of the look, where it says anything new. @returns false when the trigger is not as it was read. */
async function putDown(
  { queue, clock, fired }: FileLookDeps,
  { trigger, epoch }: TriggerLook,
  { row, name }: Watcher,
  {
    problem,
    isWhole,
    found,
  }: { readonly problem: LookProblem | null; readonly isWhole: boolean; readonly found: number },
): Promise<boolean> {
  const { watcher, since } = row;
  const now = clock.now();
  const isFirst = isWhole && row.firstAt === null;
  const isDue = isWhole && Math.abs(now - row.lookedAt) >= NOTED_AGAIN_MS;
  if (!isFirst && !isDue && sameProblem(problem, row.problem)) return true;
  const firing = isFirst ? firstLook(trigger, row, { worker: name, things: found, now }) : null;
  const isDone = await queue.looked(epoch, {
    ...{ trigger, watcher, since, problem, firing },
    firstAt: isFirst ? now : row.firstAt,
    lookedAt: isWhole ? now : row.lookedAt,
  });
  if (isDone && firing !== null) fired(firing);
  return isDone;
}

function shortened(problem: LookProblem | null): LookProblem | null {
  if (problem === null || problem.text.length <= MAX_PROBLEM_CHARS) return problem;
  return { ...problem, text: `${problem.text.slice(0, MAX_PROBLEM_CHARS)}…` };
}

function tooMany(found: number): LookProblem {
  const text = `There are more than ${found} files: only the first of them, by name, are looked at. Move away what is done with, or choose a path that fits fewer.`;
  return { code: 'too_many', text };
}
