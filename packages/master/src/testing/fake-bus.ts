/** A bus that keeps what it is told, for tests of what answers buses. Its run has no tasks unless they are given. */
import type {
  LifecycleEvent,
  ProjectId,
  Run,
  RunChangeSet,
  TaskInstanceRow,
  WorkflowDefinition,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowInstanceRow,
} from '@vaquita/core';
import { createRunFixture } from '@vaquita/core/testing';
import type { RunBus } from '../bus/run-bus.ts';

export interface FakeBus extends RunBus {
  readonly told: LifecycleEvent[];
  /** What it was told since the last call, in short. */
  news(): string[];
}

export interface FakeRun {
  readonly id: string;
  readonly workflow?: string;
  readonly project?: string;
  readonly definition?: Partial<WorkflowDefinition>;
  readonly instance?: Partial<WorkflowInstanceRow>;
  readonly tasks?: readonly TaskInstanceRow[];
}

/** A bus of a run that has asked for its turn at moment 0, unless `instance` says otherwise. */
export function createFakeBus({
  id,
  workflow = 'w',
  project = 'p',
  definition,
  instance,
  tasks = [],
}: FakeRun): FakeBus {
  const fixture = createRunFixture([{ name: 'a' }], {
    definition: { maxParallelRuns: null, ...definition },
    instance: {
      id: id as WorkflowInstanceId,
      workflowId: workflow as WorkflowId,
      projectId: project as ProjectId,
      state: 'submitted',
      number: Number(id.replace(/\D/g, '')) || null,
      queuedAt: 0,
      executionSlot: null,
      parentInstanceId: null,
      lineage: [],
      ...instance,
    },
  });
  const nodes = tasks.map((current) => ({ current }));
  const run = {
    ...fixture.run,
    instance: { ...fixture.run.instance },
    nodes,
    nodeOf: new Map(nodes.map((node) => [node.current.id, node])),
  } as unknown as Run;
  const told: LifecycleEvent[] = [];
  let seen = 0;
  return {
    id: id as WorkflowInstanceId,
    run,
    told,
    state: 'open',
    waiting: 0,
    post: (event) => void told.push(event),
    resume() {},
    turn: () => 0,
    flush() {},
    fail() {},
    close() {},
    quiet: () => Promise.resolve(),
    hold() {},
    atRest: () => Promise.resolve(),
    holds: () => false,
    orderFor: () => undefined,
    pending: () => [],
    news() {
      const fresh = told.slice(seen).map(shortly);
      seen = told.length;
      return fresh;
    },
  };
}

function shortly(event: LifecycleEvent): string {
  if ('slot' in event) return `${event.type} ${event.slot}`;
  return 'code' in event ? `${event.type} ${event.code}` : event.type;
}

/** A durable unit in which the instance or tasks became this. */
export function unitOf(part: Partial<RunChangeSet>): RunChangeSet {
  return {
    ...{
      instance: null,
      assignNumber: false,
      newTasks: [],
      changedTasks: [],
      writtenBefore: new Map(),
      events: [],
      newRuns: [],
      newCommands: [],
      newAlerts: [],
    },
    ...{ outboxPut: [], outboxDone: [], commandsDone: [] },
    ...part,
  };
}
