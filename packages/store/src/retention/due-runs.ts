/**
 * Which runs have served their time. Reads only, a page at a time, so that a preview and a removal choose alike.
 *
 * V1 Only final runs: never one that runs, waits, is paused, or is set aside for a person.
 * V2 A run goes with all runs that it has started, or not at all; a run that was started by another goes with that one.
 * V3 The newest runs of each workflow stay, however old they are.
 * V4 A run that somebody has ordered to go on stays, and so does one that a waiting task may ask for.
 */
import type { WorkflowId, WorkflowInstanceId } from '@vaquita/core';
import type { Page } from '../ports/master.ts';
import type { AfterId, RetentionReader, RunHead } from '../ports/retention.ts';
import { isFinal } from './final.ts';

export interface RetentionPolicy {
  /** How long a run is kept after its end; null: however old. */
  readonly keepMs: number | null;
  /** How many runs of a workflow are kept; null: however many. */
  readonly keepRuns: number | null;
  /** How many of a workflow's newest runs are kept whatever their age. At least 1. */
  readonly keepAtLeast: number;
}

export type DueBecause = 'age' | 'count';

export interface DueFamily {
  readonly root: RunHead;
  /** The root and all below it; whoever was started stands before who started it. */
  readonly members: readonly RunHead[];
  readonly because: DueBecause;
}

export interface DueOptions {
  readonly policy: RetentionPolicy;
  readonly now: number;
  /** Tasks wait for runs of this workflow, and any of them may be the one that counts. */
  readonly isWatched?: (id: WorkflowId) => boolean;
  /** Runs read per step. */
  readonly page?: number;
  /** Called between two steps: to make a pause. Answers false to end the walk. */
  readonly between?: () => Promise<boolean>;
}

const PAGE = 100;
/** Descendants of the runs of one step. */
const MAX_DESCENDANTS = 10_000;
/** An order to a worker that is not back after so long does not hold its run. */
const ORDERS_HOLD_MS = 7 * 86_400_000;

export async function* dueFamilies(store: RetentionReader, options: DueOptions): AsyncGenerator<DueFamily> {
  const { policy, now, page: limit = PAGE, between = async () => true } = options;
  const isWatched = options.isWatched ?? (() => false);
  /** By workflow, the newest run that is not kept for being among the newest. */
  const beyond = new Map<WorkflowId, WorkflowInstanceId | null>();

  async function newestThatMayGo(workflow: WorkflowId): Promise<WorkflowInstanceId | null> {
    const known = beyond.get(workflow);
    if (known !== undefined) return known;
    const found = await store.newestBeyond(workflow, Math.max(1, policy.keepAtLeast));
    beyond.set(workflow, found);
    return found;
  }

  async function mayGo(run: RunHead): Promise<boolean> {
    if (run.isBeingRemoved) return true;
    // V1, V2
    if (!isFinal(run.state) || run.isAside || run.parentInstanceId !== null) return false;
    if (isWatched(run.workflowId)) return false;
    const last = await newestThatMayGo(run.workflowId);
    return last !== null && run.id <= last;
  }

  /** V2: of each root the runs below it, level by level. A family that is not read whole is left for another time. */
  async function familiesOf(roots: readonly RunHead[]): Promise<readonly (readonly RunHead[])[]> {
    const rootOf = new Map<WorkflowInstanceId, WorkflowInstanceId>(roots.map(({ id }) => [id, id]));
    const members = new Map<WorkflowInstanceId, RunHead[]>(roots.map((root) => [root.id, [root]]));
    let level = roots.map(({ id }) => id);
    let count = 0;
    while (level.length > 0) {
      const children = await store.childrenOf(level, MAX_DESCENDANTS + 1);
      count += children.length;
      if (count > MAX_DESCENDANTS) return roots.length === 1 ? [] : oneByOne(roots);
      for (const child of children) {
        const root = rootOf.get(child.parentInstanceId!)!;
        rootOf.set(child.id, root);
        members.get(root)!.unshift(child);
      }
      level = children.map(({ id }) => id);
    }
    return [...members.values()];
  }

  async function oneByOne(roots: readonly RunHead[]): Promise<readonly (readonly RunHead[])[]> {
    const families: (readonly RunHead[])[] = [];
    for (const root of roots) families.push(...(await familiesOf([root])));
    return families;
  }

  async function* among(runs: readonly RunHead[], because: DueBecause): AsyncGenerator<DueFamily> {
    const roots: RunHead[] = [];
    for (const run of runs) if (await mayGo(run)) roots.push(run);
    if (roots.length === 0) return;
    const families = await familiesOf(roots);
    // V4
    const ids = families.flat().map(({ id }) => id);
    const claimed = new Set(ids.length === 0 ? [] : await store.claimed(ids, now - ORDERS_HOLD_MS));
    for (const members of families) {
      const isFree = members.every(
        (run) =>
          isFinal(run.state) &&
          (!run.isAside || run.isBeingRemoved) &&
          !claimed.has(run.id) &&
          !isWatched(run.workflowId),
      );
      if (isFree) yield { root: members.at(-1)!, members, because };
    }
  }

  async function* pages<T>(read: (at: AfterId) => Promise<Page<T>>, size = limit): AsyncGenerator<readonly T[]> {
    for (let after: string | null = null; ; ) {
      const { items, next }: Page<T> = await read({ after, limit: size });
      yield items;
      if (next === null || !(await between())) return;
      after = next;
    }
  }

  if (policy.keepMs !== null) {
    const before = now - policy.keepMs;
    for await (const runs of pages((at) => store.runs(at))) {
      const old = runs.filter(
        ({ isBeingRemoved, endedAt }) => isBeingRemoved || (endedAt !== null && endedAt <= before),
      );
      yield* among(old, 'age');
      // Ids are in the order of filing: whoever comes now has not ended before either.
      if (runs.length === 0 || runs.at(-1)!.createdAt > before) break;
    }
  }
  if (policy.keepRuns === null) return;
  const keepRuns = Math.max(policy.keepRuns, policy.keepAtLeast, 1);
  for await (const workflows of pages((at) => store.workflowsWithMore(keepRuns, at), 20)) {
    for (const workflow of workflows) {
      const last = await store.newestBeyond(workflow, keepRuns);
      if (last === null) continue;
      for await (const runs of pages((at) => store.runsUpTo(workflow, last, at))) yield* among(runs, 'count');
    }
  }
}
