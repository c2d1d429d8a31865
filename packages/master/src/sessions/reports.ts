/**
 * What a worker reports becomes events of the runs concerned. What it says of a dispatch that is not its own, or under an
 * epoch that cannot be, changes nothing and is complained of.
 */
import type { Clock, DispatchId, Epoch, TaskOutcomeReport } from '@vaquita/core';
import type { WorkerReport, WorkerResult } from '@vaquita/protocol';
import { neverRan } from '../dispatch/deliveries.ts';
import type { Holds } from '../dispatch/holds.ts';
import type { LiveDispatch, LiveDispatches } from '../dispatch/live-dispatches.ts';
import type { Rests } from '../dispatch/rests.ts';
import type { ConnectedWorker } from '../dispatch/worker-pool.ts';
import type { AckWatch } from './ack-watch.ts';
import type { Complain } from './complaints.ts';
import type { OutputRouter } from './output-router.ts';
import type { Probes } from './probes.ts';
import type { ResultAcks } from './result-acks.ts';
import type { StartWatch } from './start-watch.ts';
import type { WorkerClock } from './worker-clock.ts';

/** What a worker says of one dispatch. */
export type DispatchReport = Extract<WorkerReport, { readonly dispatchId: DispatchId }>;

/** Who reports. */
export interface Reporter {
  readonly worker: ConnectedWorker;
  readonly clock: WorkerClock;
  readonly complain: Complain;
}

export interface ReportsDeps {
  readonly clock: Clock;
  readonly epoch: Epoch;
  readonly live: LiveDispatches;
  readonly acks: AckWatch;
  readonly starts: StartWatch;
  readonly probes: Probes;
  readonly outputs: OutputRouter;
  readonly resultAcks: ResultAcks;
  readonly rests: Rests;
  readonly holds: Holds;
  /** A result for a dispatch that is not live. */
  readonly strangeResult: (result: WorkerResult, reporter: Reporter) => void;
}

export type HearReport = (reporter: Reporter, message: DispatchReport) => void;

export function createReports(deps: ReportsDeps): HearReport {
  const { live, starts } = deps;

  function hear(reporter: Reporter, message: DispatchReport): void {
    const { worker } = reporter;
    const id = message.dispatchId;
    if (message.type === 'result' && deps.probes.answered(worker, id)) {
      worker.send({ type: 'resultAck', dispatchIds: [id] });
      return;
    }
    const dispatch = live.get(id);
    if (dispatch?.workerId === worker.id) {
      if (message.type === 'result') deps.resultAcks.reported(id, worker);
      deps.acks.answered(id);
      handle(reporter, dispatch, message);
    } else if (dispatch) notIts(reporter, message);
    else if (message.type === 'result') {
      deps.resultAcks.reported(id, worker);
      deps.strangeResult(message, reporter);
    }
  }

  function handle({ worker, clock, complain }: Reporter, dispatch: LiveDispatch, message: DispatchReport): void {
    const { id, taskInstanceId, bus } = dispatch;
    const subject = { taskInstanceId, dispatchId: id };
    switch (message.type) {
      case 'ack':
        deps.rests.over(worker.id);
        starts.accepted(id, worker.id);
        return;
      case 'refuse':
        refused(worker, dispatch, message);
        return;
      case 'started':
        starts.over(id);
        bus.post({ type: 'TaskStarted', ...subject, at: clock.toOurs(message.at), processId: message.processId });
        return;
      case 'output':
        if (deps.outputs.accept(taskInstanceId, message, (ack) => void worker.send(ack))) return;
        complain({ code: 'too_much_output', dispatchId: id, text: TOO_MUCH_OUTPUT });
        worker.close('flooded', TOO_MUCH_OUTPUT);
        return;
      case 'result': {
        starts.over(id);
        const lie = wrongEpoch(dispatch, message, deps.epoch);
        if (lie !== undefined) complain({ code: 'wrong_epoch', dispatchId: id, text: lie });
        const report = lie === undefined ? reportOf(message, clock) : lostBy(lie, deps.clock.now());
        // The log is complete before the task is seen to have ended, and before the worker may forget its output.
        deps.outputs.whenDrained(id, () => bus.post({ type: 'TaskEnded', ...subject, report }));
        return;
      }
    }
  }

  function refused(
    worker: ConnectedWorker,
    { id, taskInstanceId, bus }: LiveDispatch,
    { reason, text }: Extract<DispatchReport, { type: 'refuse' }>,
  ): void {
    // It has been sent twice, and the worker has it.
    if (reason === 'duplicate') return;
    const subject = { taskInstanceId, dispatchId: id };
    if (reason === 'bad_dispatch') {
      bus.post({ type: 'TaskEnded', ...subject, report: neverRan(text, deps.clock.now()) });
      return;
    }
    // Until it says that it goes on, or leaves.
    if (reason === 'draining') deps.holds.add(worker.id, 'own');
    else deps.rests.begin(worker.id);
    const why = `Worker "${worker.name}" refused it (${reason}): ${text}`;
    bus.post({ type: 'DispatchReturned', ...subject, cause: 'refused', text: why });
  }

  return hear;
}

/** Acknowledged, so that it is not told for ever. */
export function notIts({ worker, complain }: Reporter, { type, dispatchId }: DispatchReport): void {
  const text = `It sent "${type}" for dispatch ${dispatchId}, which it was never given.`;
  complain({ code: 'not_its_dispatch', dispatchId, text });
  if (type === 'result') worker.send({ type: 'resultAck', dispatchIds: [dispatchId] });
}

/** A dispatch belongs to the term that made it, or to a later one that took it over. */
function wrongEpoch(
  { id, taskInstanceId, bus }: LiveDispatch,
  { epoch }: WorkerResult,
  now: Epoch,
): string | undefined {
  const row = bus.run.nodeOf.get(taskInstanceId)?.current;
  const first = row?.dispatchId === id ? (row.dispatchEpoch ?? 0) : 0;
  if (epoch >= first && epoch <= now) return undefined;
  return `Its result for dispatch ${id} names epoch ${epoch}, and the dispatch was made in ${first}; this is epoch ${now}.`;
}

const TOO_MUCH_OUTPUT = 'It sent more output of one dispatch than may be under way: wait for outputAck.';

/** What the machine is told of a result, its times by our clock. */
export function reportOf(result: WorkerResult, clock: Pick<WorkerClock, 'toOurs'>): TaskOutcomeReport {
  const { state, exitCode, signal, outputs, logBytes, error, usage = null } = result;
  const startedAt = result.startedAt === null ? null : clock.toOurs(result.startedAt);
  return { state, exitCode, signal, outputs, startedAt, endedAt: clock.toOurs(result.endedAt), logBytes, error, usage };
}

/** Nothing such a result says can be believed: what became of the attempt is not known. */
function lostBy(error: string, endedAt: number): TaskOutcomeReport {
  return { ...neverRan(error, endedAt), state: 'lost' };
}
