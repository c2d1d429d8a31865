/**
 * Runs that wander: random graphs with every kind of task, and random events, likely and unlikely ones. The same seed
 * gives the same run. For properties of the machines, and for finding out which transitions there are.
 */
import type { WorkerId, WorkflowInstanceId } from '../identity/ids.ts';
import { childrenOf } from '../logic/children.ts';
import {
  isTaskEvent,
  type LifecycleEvent,
  TASK_EVENT_TYPES,
  type TaskEventType,
  WORKFLOW_EVENT_TYPES,
  type WorkflowEventType,
} from '../machine/events.ts';
import type { NewEvent, TaskInstanceRow } from '../machine/rows.ts';
import { randomTasks } from './random-tasks.ts';
import { createRunFixture, type RunFixture } from './run-fixture.ts';
import { createSeededRandom } from './seeded-random.ts';

export interface WanderStep {
  /** `rebuild`: the run was built anew from its rows, as after a crash. */
  readonly event: LifecycleEvent | 'rebuild';
  /** What was recorded while it was handled. */
  readonly recorded: readonly NewEvent[];
}

interface Wanderer {
  readonly fixture: RunFixture;
  /** A number from 0 to n - 1. */
  below(n: number): number;
  chance(of: number): boolean;
  nextId(): never;
}

/** Events that commonly come in a state; every other one is tried now and then as well. */
const LIKELY: Readonly<Record<string, readonly TaskEventType[]>> = {
  delayed: ['TaskDue'],
  submitted: ['TaskPlaced', 'TaskPlaced', 'SlotGranted', 'SlotDelayed', 'TaskPlaceable', 'ForceStart'],
  dispatched: ['TaskStarted', 'TaskStarted', 'TaskEnded', 'DispatchReturned', 'WorkerLost'],
  running: ['TaskEnded', 'TaskEnded', 'TaskEnded', 'WorkerLost', 'TaskTimedOut', 'KillUnanswered'],
  waiting: ['WorkflowResolved', 'ChildrenRead', 'DependenciesRead', 'LogicDue', 'ApproveTask', 'RejectTask'],
  failure: ['ForceSuccess'],
  killed: ['ForceSuccess'],
};

export function wander(seed: number, steps: number, onStep: (step: WanderStep, fixture: RunFixture) => void): void {
  const random = createSeededRandom(seed);
  const below = (n: number) => Math.floor(random.next() * n);
  const chance = (of: number) => random.next() < of;
  let ids = 0;
  const fixture = createRunFixture(randomTasks({ below, chance }), {
    seed,
    grantsTurns: false,
    failureStrategy: chance(0.3) ? 'end' : 'continue',
    instance: { dryRun: chance(0.05), timeoutMs: chance(0.2) ? 60_000 : null },
    definition: {
      strictParams: chance(0.2),
      ...(chance(0.3) ? { alerts: { on: 'all', group: 'ops', queueWaitMs: 500, deadlineMs: 5_000 } } : {}),
    },
    settings: { maxFailovers: 2, maxNewTasks: 1 + below(6) },
  });
  const wanderer: Wanderer = { fixture, below, chance, nextId: () => `id-${seed}-${++ids}` as never };
  for (let step = 0; step < steps; step++) {
    if (chance(0.3)) fixture.advance(below(1_500));
    const recordedBefore = fixture.rows.events.length;
    const event = chance(0.03) ? 'rebuild' : nextEvent(wanderer);
    if (event === 'rebuild') fixture.restart();
    else fixture.send(event);
    onStep({ event, recorded: fixture.rows.events.slice(recordedBefore) }, fixture);
  }
}

function nextEvent(wanderer: Wanderer): LifecycleEvent {
  const { fixture, below, chance } = wanderer;
  const current = [...fixture.rows.tasks.values()].filter((row) => row.current);
  if (current.length === 0 || chance(fixture.run.activeCount > 0 ? 0.06 : 0.6)) return workflowEvent(wanderer);
  const open = current.filter((row) => LIKELY[row.state] !== undefined);
  const from = open.length > 0 && chance(0.9) ? open : current;
  const row = from[below(from.length)]!;
  const likely = LIKELY[row.state === 'running' && row.dispatchId === null ? 'waiting' : row.state];
  const types = likely && chance(0.85) ? likely : TASK_EVENT_TYPES;
  return taskEvent(wanderer, row, types[below(types.length)]!);
}

function workflowEvent({ fixture, below, chance, nextId }: Wanderer): LifecycleEvent {
  const { queuedAt, runCounter, state } = fixture.rows.instance;
  const names = fixture.run.graph.names;
  const likely: readonly WorkflowEventType[] =
    queuedAt !== null ? ['TurnGranted', 'TurnGranted', 'TurnDelayed'] : state === 'submitted' ? ['StartWorkflow'] : [];
  const types = likely.length > 0 && chance(0.8) ? likely : WORKFLOW_EVENT_TYPES;
  const type = types[below(types.length)]!;
  const said = { code: 'said', text: 'It was said.', evidence: { by: 'chance' } };
  const all = {
    TurnGranted: { slot: chance(0.5) ? 0 : null, runCounter },
    TurnDelayed: { serial: chance(0.5), ...said },
    TurnDenied: { ...said },
    RunDisplaced: { text: 'A newer run came.', evidence: {} },
    RerunFrom: { tasks: [names[below(names.length)]!], params: chance(0.5) ? { day: 'x' } : {} },
    SignalReceived: { name: 'go', outputs: {} },
    WorkflowTimedOut: { runCounter },
    TurnWaitPassed: { queuedAt: queuedAt ?? 0 },
    DeadlinePassed: { runCounter },
  };
  return { by: 'somebody', commandId: nextId(), ...all[type as keyof typeof all], type } as LifecycleEvent;
}

function taskEvent({ fixture, below, chance, nextId }: Wanderer, row: TaskInstanceRow, type: TaskEventType) {
  const ends = ['success', 'success', 'success', 'failure', 'timeout', 'lost', 'interrupted', 'killed'] as const;
  const state = ends[below(ends.length)]!;
  const runs = ['success', 'failure', 'stopped', 'paused', 'running', 'missing'] as const;
  const text = 'It was said.';
  const target = {
    projectId: 'p',
    workflowId: 'w2',
    workflowName: 'other',
    version: 1,
    execution: 'parallel',
  };
  const children = childrenOf(row).map((child: WorkflowInstanceId) => ({
    child,
    number: 1,
    runCounter: 1 + below(3),
    state: runs[below(runs.length)]!,
    outputs: {},
    reason: null,
  }));
  const questions = fixture.intents.findLast((one) => one.type === 'ReadDependencies' && one.taskInstanceId === row.id);
  const asked = questions?.type === 'ReadDependencies' ? questions.questions : [];
  const answers = asked.map(({ key }) => {
    return { key, state: ['success', 'failure', 'waiting'][below(3)], text, outputs: {}, endedAt: fixture.now };
  });
  const dispatchId = row.dispatchId ?? ('none' as never);
  const all = {
    TaskPlaced: { dispatchId: nextId(), workerId: 'w' as WorkerId, workerName: `w${below(3)}`, epoch: 1 },
    TaskStarted: { dispatchId, at: fixture.now, processId: 1 },
    TaskEnded: { dispatchId, report: fixture.report(state) },
    DispatchReturned: { dispatchId, cause: 'refused', text },
    WorkerLost: { dispatchId, text },
    TaskPlaceable: { worker: chance(0.5), text, evidence: { workers: below(3) } },
    KillUnanswered: { dispatchId, tries: 1 + below(3) },
    SlotGranted: { slot: 0 },
    SlotDelayed: { code: 'waiting_for_task_group', text, evidence: { taskGroup: 'g' } },
    WorkflowResolved: { target: chance(0.9) ? target : { problem: text } },
    ChildrenRead: { children },
    DependenciesRead: { answers },
    ApproveTask: { comment: '' },
    RejectTask: { comment: 'no' },
  };
  const event = {
    taskInstanceId: row.id,
    by: 'somebody',
    commandId: nextId(),
    type,
    ...all[type as keyof typeof all],
  } as LifecycleEvent;
  if (!isTaskEvent(event)) throw new Error(`${type} is no event of a task`);
  return event;
}
