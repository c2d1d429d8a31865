/** One round over all backfills: what has ended is written down, what can start is started. The invariants are those of the duty. */
import {
  type BackfillId,
  type BackfillItemState,
  type BackfillMember,
  type BackfillProgress,
  type BackfillRow,
  type BlockedItem,
  backfillRun,
  type Clock,
  type CommandRow,
  compileWorkflow,
  createBackfillProgress,
  type Epoch,
  type IdSource,
  type NewEvent,
  type Reason,
  stateOfRun,
  toAppError,
  type WorkflowDefinition,
  type WorkflowId,
} from '@vaquita/core';
import type { BackfillQueue, ItemChange, OtherRunsStore, RunningItem } from '@vaquita/store';
import type { Logger } from '../settings.ts';
import type { BackfillCounter } from './counts.ts';
import type { BackfillSettings } from './settings.ts';

export interface RoundDeps {
  readonly queue: BackfillQueue;
  readonly workflows: Pick<OtherRunsStore, 'resolveWorkflow'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: IdSource;
  readonly log: Logger;
  readonly epoch: Epoch;
  readonly settings: BackfillSettings;
  readonly counts: BackfillCounter;
  readonly isOver: () => boolean;
  /** A run has been filed, with this command. */
  readonly filed: (command: CommandRow) => void;
  /** Runs that wait for room on the server or in their project, as far as is known. */
  readonly waitingForRoom: () => number;
  /** Something has changed that people look at. */
  readonly changed: () => void;
}

export interface Round {
  /** @returns whether there is anything to work on. @throws AppError what the database throws, `fenced` among it. */
  go(): Promise<boolean>;
  /** B6 */
  forget(): void;
}

type Why = Pick<Reason, 'code' | 'text'>;

interface Known {
  readonly revision: number;
  readonly progress: BackfillProgress;
}

/** Why nothing of a member can be started now: for a while, or for good. */
type Target = { readonly definition: WorkflowDefinition } | { readonly offline: string } | { readonly gone: string };

export function createRound(deps: RoundDeps): Round {
  const { queue, clock, epoch, settings, counts } = deps;
  const known = new Map<BackfillId, Known>();
  let recoveredAt = Number.NEGATIVE_INFINITY;

  /** B6: whoever writes and fails does not know any more how items stand. */
  async function write(ids: readonly BackfillId[], unit: () => Promise<void>): Promise<void> {
    try {
      await unit();
    } catch (error) {
      for (const id of ids) known.delete(id);
      throw error;
    }
  }

  async function settle(changes: readonly ItemChange[]): Promise<void> {
    for (let from = 0; from < changes.length && !deps.isOver(); from += settings.itemsAtOnce) {
      const some = changes.slice(from, from + settings.itemsAtOnce);
      const ids = [...new Set(some.map(({ backfillId }) => backfillId))];
      await write(ids, () => queue.settle(epoch, some, clock.now()));
      for (const { backfillId, position, to } of some) known.get(backfillId)?.progress.set(position, to);
    }
  }

  /** B5. @returns items that still run. */
  async function settleEnded(): Promise<readonly RunningItem[]> {
    const running = await queue.running();
    const ends = running.map((item) => ({ item, end: endOf(item) }));
    const changes = ends.flatMap(({ item: { backfillId, position }, end }): ItemChange[] =>
      end === null ? [] : [{ backfillId, position, from: 'running', ...end }],
    );
    await settle(changes);
    for (const { to } of changes) counts.add(to === 'success' ? 'succeeded' : 'failed');
    return ends.flatMap(({ item, end }) => (end === null ? [item] : []));
  }

  /** B5: runs that failed and have succeeded since. */
  async function settleRecovered(): Promise<void> {
    if (clock.now() >= recoveredAt && clock.now() - recoveredAt < settings.recoveredMs) return;
    recoveredAt = clock.now();
    const recovered = await queue.recovered(settings.itemsAtOnce);
    for (const [id, items] of Map.groupBy(recovered, ({ backfillId }) => backfillId)) {
      const progress = await readProgress(id, []);
      for (const { position } of items) progress.set(position, 'success');
      const free = takeFree(progress);
      known.delete(id);
      const good = items.map(({ position }) => changeOf(id, position, 'failure', 'success'));
      await settleFreed(
        good,
        free.map((position) => changeOf(id, position, 'blocked', 'waiting')),
      );
      counts.add('recovered', items.length);
    }
  }

  /**
   * In one unit, unless another backfill has one of the times: then what can wait again does so first, so that a crash in between
   * leaves the recovered item to be found once more.
   */
  async function settleFreed(good: readonly ItemChange[], freed: readonly ItemChange[]): Promise<void> {
    const changes = [...freed, ...good];
    if (changes.length <= settings.itemsAtOnce && (await unlessConflict(() => settle(changes)))) return;
    await settleEach(freed);
    await settle(good);
  }

  /** Those that nobody else has. */
  async function settleEach(freed: readonly ItemChange[]): Promise<void> {
    if (freed.length <= settings.itemsAtOnce && (await unlessConflict(() => settle(freed)))) return;
    for (const change of freed) await unlessConflict(() => settle([change]));
  }

  async function readProgress(id: BackfillId, members: readonly BackfillMember[]): Promise<BackfillProgress> {
    const names = new Map(members.map(({ workflowId, workflowName }) => [workflowId, workflowName]));
    return createBackfillProgress(await queue.items(id), (workflowId) => names.get(workflowId) ?? workflowId);
  }

  async function progressOf({
    id,
    revision,
    members,
  }: Pick<BackfillRow, 'id' | 'revision' | 'members'>): Promise<BackfillProgress> {
    const before = known.get(id);
    if (before?.revision === revision) return before.progress;
    let progress = await readProgress(id, members);
    // B4: somebody has had items tried again that these wait for.
    const free = takeFree(progress);
    if (free.length > 0) {
      await settleEach(free.map((position) => changeOf(id, position, 'blocked', 'waiting')));
      progress = await readProgress(id, members);
    }
    known.set(id, { revision, progress });
    return progress;
  }

  async function targetOf({ projectId, workflowId, workflowName, version }: BackfillMember): Promise<Target> {
    const query = { ownProject: projectId, project: null, workflow: workflowId, version };
    const found = await deps.workflows.resolveWorkflow(query);
    if ('missing' in found) return { gone: `The workflow ${workflowName} is not there any more.` };
    if (found.document === null) return { gone: `Version ${version} of ${workflowName} is not there any more.` };
    if (!found.online) return { offline: `The workflow ${workflowName} is offline; put it online to go on.` };
    return { definition: compileWorkflow(found.document) };
  }

  interface Room {
    readonly room: number;
    /** Why there is none. */
    readonly none: Why | null;
  }

  /** @returns runs that it has started. */
  async function workOn(backfill: BackfillRow, { room, none }: Room): Promise<number> {
    const { id, members } = backfill;
    const progress = await progressOf(backfill);
    const targets = new Map<WorkflowId, Target>();
    const held = new Set<WorkflowId>();
    let started = 0;
    let why = none;
    for (;;) {
      const { start, block } = progress.next(room - started, (workflowId) => held.has(workflowId));
      if (deps.isOver() || (start.length === 0 && block.length === 0)) break;
      // B4
      if (!(await blockItems(backfill, block))) return started;
      for (const position of start) {
        const member = members.find(({ workflowId }) => workflowId === progress.at(position).workflowId)!;
        const target = targets.get(member.workflowId) ?? (await targetOf(member));
        targets.set(member.workflowId, target);
        if ('offline' in target) {
          held.add(member.workflowId);
          why = { code: 'offline', text: target.offline };
          break;
        }
        if (deps.isOver()) break;
        if (await startItem(backfill, { member, target, position })) started += 1;
        else if (!known.has(id)) return started;
      }
    }
    await conclude(backfill, progress, why);
    return started;
  }

  interface Starting {
    readonly member: BackfillMember;
    readonly target: Exclude<Target, { readonly offline: string }>;
    readonly position: number;
  }

  /** B2, B4. @returns false: somebody has changed the backfill, and may want what was in the way to be tried again. */
  async function blockItems({ id, revision }: BackfillRow, block: readonly BlockedItem[]): Promise<boolean> {
    const changes = block.map(({ position, reason }): ItemChange => {
      return { ...changeOf(id, position, 'waiting', 'blocked'), reason, revision };
    });
    if (!(await unlessConflict(() => settle(changes)))) return false;
    counts.add('blocked', block.length);
    return true;
  }

  async function startItem(backfill: BackfillRow, { member, target, position }: Starting): Promise<boolean> {
    const { id } = backfill;
    const progress = known.get(id)!.progress;
    const { businessTime } = progress.at(position);
    const made =
      'gone' in target
        ? { problems: [{ path: '', message: target.gone }] }
        : backfillRun({ backfill, member, definition: target.definition, businessTime }, deps.ids, clock.now());
    if ('problems' in made) {
      const why = made.problems.map(({ message }) => message).join(' ');
      await settle([{ ...changeOf(id, position, 'waiting', 'failure'), reason: `It cannot be started: ${why}` }]);
      counts.add('failed');
      return false;
    }
    // B1, B2
    const unit = () => write([id], () => queue.start(epoch, { backfill, position }, made.run));
    if (!(await unlessConflict(unit))) return false;
    progress.set(position, 'running');
    counts.add('started');
    deps.filed(made.run.command);
    return true;
  }

  async function conclude(backfill: BackfillRow, progress: BackfillProgress, why: Why | null): Promise<void> {
    if (deps.isOver()) return;
    if (progress.waiting === 0 && progress.running === 0) {
      const event = doneEvent(backfill, clock.now());
      const isDone = await unlessConflict(() =>
        write([backfill.id], () => queue.mark(epoch, backfill, { done: event })),
      );
      known.delete(backfill.id);
      if (!isDone) return;
      counts.add('done');
      deps.changed();
      return;
    }
    await hold(backfill, progress.running > 0 ? null : why);
  }

  async function hold(backfill: BackfillRow, why: Why | null): Promise<void> {
    if (backfill.hold?.code === why?.code && backfill.hold?.text === why?.text) return;
    const reason = why === null ? null : { ...why, since: clock.now() };
    await unlessConflict(() => write([backfill.id], () => queue.mark(epoch, backfill, { hold: reason })));
  }

  /** @returns false when somebody has changed it meanwhile: the next round reads it as it is. */
  async function unlessConflict(unit: () => Promise<void>): Promise<boolean> {
    try {
      await unit();
      return true;
    } catch (error) {
      if (toAppError(error).code !== 'conflict') throw error;
      return false;
    }
  }

  function whyNoRoom(capRoom: number): Why | null {
    const waiting = deps.waitingForRoom();
    if (waiting > 0) {
      const runs = waiting === 1 ? 'One run waits' : `${waiting} runs wait`;
      return { code: 'admission', text: `${runs} for room on the server or in a project; these go first.` };
    }
    if (capRoom > 0) return null;
    const text = `As many runs of backfills are under way as may be at once (${settings.maxRunning}).`;
    return { code: 'backfill_limit', text };
  }

  return {
    forget: () => known.clear(),
    async go() {
      const running = await settleEnded();
      await settleRecovered();
      const active = await queue.active(settings.atOnce);
      for (const id of known.keys()) if (!active.some((backfill) => backfill.id === id)) known.delete(id);
      // B3
      let capRoom = settings.maxRunning - running.length;
      let failed: unknown;
      for (const backfill of active) {
        if (deps.isOver()) return false;
        const own = running.filter(({ backfillId }) => backfillId === backfill.id).length;
        // B8
        const none = whyNoRoom(capRoom);
        const room = none === null ? Math.min(backfill.parallelism - own, capRoom) : 0;
        try {
          if (room > 0 || known.has(backfill.id)) capRoom -= await workOn(backfill, { room, none });
          else if (none !== null && own === 0) await hold(backfill, none);
        } catch (error) {
          // One that cannot be worked on must not keep the others from going on.
          failed ??= error;
          if (toAppError(error).code !== 'internal') break;
        }
      }
      if (failed !== undefined) throw failed;
      return active.length > 0 || running.length > 0;
    },
  };
}

/** Blocked items that may wait again, each in its turn; from then on they wait. */
function takeFree(progress: BackfillProgress): readonly number[] {
  const free: number[] = [];
  for (let more = progress.unblocked(); more.length > 0; more = progress.unblocked()) {
    for (const position of more) progress.set(position, 'waiting');
    free.push(...more);
  }
  return free;
}

function changeOf(
  backfillId: BackfillId,
  position: number,
  from: BackfillItemState,
  to: BackfillItemState,
): ItemChange {
  return { backfillId, position, from, to, reason: null };
}

function endOf({ run }: RunningItem): { readonly to: 'success' | 'failure'; readonly reason: string | null } | null {
  if (run === null) return { to: 'failure', reason: 'Its run has been removed.' };
  const state = stateOfRun(run);
  if (state === 'running') return null;
  if (state === 'success') return { to: 'success', reason: null };
  return { to: 'failure', reason: run === 'stopped' ? 'Its run was stopped.' : 'Its run has failed.' };
}

function doneEvent({ id, projectId }: BackfillRow, at: number): NewEvent {
  const data = { backfillId: id, change: 'done' };
  return { type: 'backfill.changed', projectId, workflowInstanceId: null, taskInstanceId: null, at, data };
}
