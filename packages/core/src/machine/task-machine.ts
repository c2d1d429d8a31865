/**
 * The task machine: for every state and event, what happens, or why nothing does. Each cell is decided on purpose;
 * a test walks all of them.
 *
 * M1 A terminal task instance never changes, except that it stops being current, that a paused one goes on when its run
 *    does, and that somebody may declare a failed or killed one a success.
 * M2 A task has at most one current task instance.
 * M3 A task instance has at most one live dispatch: a dispatch id is set only on the way from `submitted`.
 * M4 A report counts only if it carries the dispatch id that is live.
 * M10 A paused task instance holds no slot of a task group.
 * M11 A task instance that waits says why: one that has not ended and does not run has a reason.
 */
import { tellOfTaskWait } from './alerts.ts';
import {
  acknowledgeAgain,
  becomeDue,
  end,
  killAgain,
  lose,
  notePlaceable,
  place,
  releaseDispatch,
  start,
  type TaskEventOf,
  type TaskSubject,
  takeBack,
  timeOut,
  timeOutWaiting,
} from './dispatch-steps.ts';
import type { TaskEventType } from './events.ts';
import { killTask } from './kill.ts';
import { finishCommand, reason, setTaskReason, type Transition, touchTask } from './ledger.ts';
import { startChildren, takeReports } from './logic-children.ts';
import { decideApproval, lookAgain, takeAnswers } from './logic-tasks.ts';
import { forceSuccess } from './overrides.ts';
import { waitsForSlot } from './progress.ts';
import { queuedReason } from './reasons.ts';
import type { TaskState, WorkflowState } from './states.ts';

export type { TaskSubject } from './dispatch-steps.ts';

type Handler<Type extends TaskEventType> = (t: Transition, subject: TaskSubject, event: TaskEventOf<Type>) => void;

/** A cell: a handler, the reason why the event changes nothing here, or the reason why the command is refused. */
export type TaskCell<Type extends TaskEventType> =
  | Handler<Type>
  | { readonly ignore: string }
  | { readonly refuse: string };
export type TaskTable = { readonly [S in TaskState]: { readonly [E in TaskEventType]: TaskCell<E> } };

const ENDED = 'the task instance has ended';
const NOT_SENT = 'nothing has been sent to a worker';
const NOT_BEGUN = 'it has not begun';

const whenEnded = {
  TaskDue: { ignore: ENDED },
  TaskPlaced: releaseDispatch,
  TaskStarted: { ignore: ENDED },
  TaskEnded: acknowledgeAgain,
  DispatchReturned: { ignore: ENDED },
  WorkerLost: { ignore: ENDED },
  TaskTimedOut: { ignore: ENDED },
  TaskWaitPassed: { ignore: ENDED },
  TaskPlaceable: { ignore: ENDED },
  KillUnanswered: { ignore: ENDED },
  SlotGranted: { ignore: ENDED },
  SlotDelayed: { ignore: ENDED },
  WorkflowResolved: { ignore: ENDED },
  ChildrenRead: { ignore: ENDED },
  DependenciesRead: { ignore: ENDED },
  LogicDue: { ignore: ENDED },
  ForceStart: { refuse: 'it has ended' },
  ForceSuccess: { refuse: 'it has not failed' },
  ApproveTask: { refuse: 'it has ended' },
  RejectTask: { refuse: 'it has ended' },
  KillTask: { refuse: 'it has ended' },
} as const satisfies TaskTable['success'];

const whenBroken = { ...whenEnded, ForceSuccess: forceSuccess } as const satisfies TaskTable['success'];

const PAUSED = 'it is paused; resume the run first';

const whenWaiting = {
  TaskStarted: { ignore: NOT_SENT },
  TaskEnded: { ignore: NOT_SENT },
  DispatchReturned: { ignore: NOT_SENT },
  WorkerLost: { ignore: NOT_SENT },
  TaskTimedOut: timeOutWaiting,
  KillUnanswered: { ignore: NOT_SENT },
  WorkflowResolved: { ignore: NOT_BEGUN },
  ChildrenRead: { ignore: NOT_BEGUN },
  DependenciesRead: { ignore: NOT_BEGUN },
  LogicDue: { ignore: NOT_BEGUN },
  ForceSuccess: { refuse: 'it has not failed; kill it first' },
  ApproveTask: { refuse: NOT_BEGUN },
  RejectTask: { refuse: NOT_BEGUN },
  KillTask: kill,
} as const satisfies Partial<TaskTable['success']>;

const HAS_SLOT = 'it waits for no slot of a task group';

const whenWithWorker = {
  TaskWaitPassed: { ignore: 'a worker has it, or it is done here' },
  SlotGranted: { ignore: 'it goes on already' },
  SlotDelayed: { ignore: 'it goes on already' },
  WorkflowResolved: { ignore: 'a worker runs it' },
  ChildrenRead: { ignore: 'a worker runs it' },
  DependenciesRead: { ignore: 'a worker runs it' },
  LogicDue: { ignore: 'a worker runs it' },
  ForceStart: { refuse: HAS_SLOT },
  ForceSuccess: { refuse: 'it has not failed; kill it first' },
  KillTask: kill,
} as const satisfies Partial<TaskTable['success']>;

export const TASK_TABLE: TaskTable = {
  submitted: {
    ...whenWaiting,
    TaskDue: { ignore: 'already queued' },
    TaskWaitPassed: tellOfTaskWait,
    TaskPlaced: place,
    TaskPlaceable: notePlaceable,
    SlotGranted: takeSlot,
    SlotDelayed: noteSlotDelayed,
    ForceStart: forceStart,
  },
  delayed: {
    ...whenWaiting,
    TaskDue: becomeDue,
    TaskWaitPassed: { ignore: 'not queued yet' },
    TaskPlaced: releaseDispatch,
    TaskPlaceable: { ignore: 'not queued yet' },
    SlotGranted: giveSlotBack,
    SlotDelayed: { ignore: 'it asks when its time has come' },
    ForceStart: { refuse: 'it waits for its time, not for a slot of a task group' },
  },
  dispatched: {
    ...whenWithWorker,
    TaskDue: { ignore: 'already sent' },
    TaskPlaced: releaseDispatch,
    TaskStarted: start,
    TaskEnded: end,
    DispatchReturned: takeBack,
    WorkerLost: lose,
    TaskTimedOut: timeOutWaiting,
    TaskPlaceable: { ignore: 'already sent' },
    KillUnanswered: killAgain,
    ApproveTask: { refuse: 'this task waits for no approval' },
    RejectTask: { refuse: 'this task waits for no approval' },
  },
  running: {
    ...whenWithWorker,
    TaskDue: { ignore: 'already running' },
    TaskPlaced: releaseDispatch,
    TaskStarted: { ignore: 'told twice' },
    TaskEnded: end,
    DispatchReturned: { ignore: 'it has started, so it was taken' },
    WorkerLost: lose,
    TaskTimedOut: timeOut,
    TaskPlaceable: { ignore: 'already running' },
    KillUnanswered: killAgain,
    WorkflowResolved: startChildren,
    ChildrenRead: takeReports,
    DependenciesRead: takeAnswers,
    LogicDue: lookAgain,
    ApproveTask: decideApproval,
    RejectTask: decideApproval,
  },
  paused: {
    ...whenEnded,
    ForceStart: { refuse: PAUSED },
    ForceSuccess: { refuse: 'it is paused, not failed' },
    ApproveTask: { refuse: PAUSED },
    RejectTask: { refuse: PAUSED },
    KillTask: { refuse: 'it is paused; stop the run to end it' },
  },
  need_fault_tolerance: whenEnded,
  killed: whenBroken,
  failure: whenBroken,
  success: whenEnded,
  forced_success: whenEnded,
};

export type TaskCommand = 'KillTask' | 'ForceSuccess' | 'ForceStart' | 'ApproveTask' | 'RejectTask';

/**
 * Why a command is refused to a task in this state, or undefined when it is not. For those who ask before filing it;
 * `type` tells what only some task types can do.
 */
export function whyTaskRefused(
  task: { readonly state: TaskState; readonly type: string; readonly current: boolean; readonly groupWaits: boolean },
  run: WorkflowState,
  command: TaskCommand,
): string | undefined {
  if (!task.current) return 'a newer attempt has taken its place';
  const cell = TASK_TABLE[task.state][command];
  if (typeof cell === 'object' && 'refuse' in cell) return cell.refuse;
  if ((command === 'ApproveTask' || command === 'RejectTask') && task.type !== 'approval')
    return 'this task waits for no approval';
  if (command === 'ForceStart' && !task.groupWaits) return HAS_SLOT;
  return command === 'ForceSuccess' && run === 'ready_stop' ? 'the run is stopping; wait until it has' : undefined;
}

function takeSlot(t: Transition, subject: TaskSubject, event: TaskEventOf<'SlotGranted'>): void {
  const { row } = subject;
  if (!waitsForSlot(row)) {
    if (row.groupForced) giveSlotBack(t, subject);
    return;
  }
  row.groupSlot = event.slot;
  setTaskReason(t, row, queuedReason(t));
  t.intents.push({ type: 'EnqueueTask', taskInstanceId: row.id });
}

function giveSlotBack(t: Transition, { row }: TaskSubject): void {
  t.effects.push({ type: 'ReleaseSlot', taskInstanceId: row.id });
}

function noteSlotDelayed(t: Transition, { row }: TaskSubject, event: TaskEventOf<'SlotDelayed'>): void {
  if (!waitsForSlot(row)) return;
  const next = 'it is queued for a worker when a slot is free';
  setTaskReason(t, row, reason(t, event.code, event.text, { next, evidence: event.evidence }));
}

function forceStart(t: Transition, { row }: TaskSubject, event: TaskEventOf<'ForceStart'>): void {
  if (!waitsForSlot(row)) {
    finishCommand(t, event.commandId, `rejected: ${HAS_SLOT}`);
    return;
  }
  finishCommand(t, event.commandId, 'done');
  row.groupForced = true;
  touchTask(t, row);
  setTaskReason(t, row, {
    ...queuedReason(t),
    text: `${event.by} let it go on without a slot of task group "${row.taskGroup}"; waiting for a free slot of a worker.`,
  });
  t.intents.push({ type: 'EnqueueTask', taskInstanceId: row.id });
  t.effects.push({ type: 'ReleaseSlot', taskInstanceId: row.id });
}

function kill(t: Transition, { node }: TaskSubject, event: TaskEventOf<'KillTask'>): void {
  killTask(t, node, `by ${event.by}`);
  finishCommand(t, event.commandId, 'done');
}
