/** For tests: a gate over rows that the test sets, and runs that ask it. */
import type { Clock, WorkflowDefinition, WorkflowInstanceRow, WorkflowState } from '@vaquita/core';
import type { LiveRunRow } from '@vaquita/store';
import { createFakeBus, type FakeBus, unitOf } from '../testing/fake-bus.ts';
import { createTimerQueue } from '../timers/timer-queue.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate-port.ts';

export const SERIAL = { execution: 'serial_wait' } as const;
const QUIET = { info() {}, warn() {}, error() {} };
const NO_LIMITS = {
  maxLiveRuns: null,
  maxLiveRunsPerProject: null,
  maxQueuedTasks: null,
  maxQueuedTasksPerProject: null,
};

interface TurnedClock extends Clock {
  advance(ms: number): Promise<void>;
}

interface Asking {
  readonly at?: number;
  readonly workflow?: string;
  readonly project?: string;
  readonly instance?: Partial<WorkflowInstanceRow>;
}

export function createGateBench() {
  const bench = {
    clock: undefined as unknown as TurnedClock,
    gate: undefined as unknown as Gate,
    rows: [] as LiveRunRow[],
    queuedTasks: 0,

    /** Before each test. */
    renew(clock: TurnedClock) {
      Object.assign(bench, { clock, gate: undefined, rows: [], queuedTasks: 0 });
    },

    async open(limits: Partial<typeof NO_LIMITS> | object = {}, read?: () => Promise<LiveRunRow[]>) {
      create(limits, read);
      void bench.gate.open();
      await bench.clock.advance(0);
      bench.gate.recovered();
    },

    async openWithoutRecovery() {
      create();
      await bench.gate.open();
    },

    asks(id: string, definition: Partial<WorkflowDefinition> = SERIAL, more: Asking = {}): FakeBus {
      const { at = 0, instance, ...rest } = more;
      const bus = createFakeBus({ id, definition, ...rest, instance: { queuedAt: at, ...instance } });
      bench.gate.adopt(bus);
      bench.gate.request(bus);
      return bus;
    },

    /** What the machine makes of an answer, and the commit after it. */
    becomes(bus: FakeBus, state: WorkflowState, executionSlot: number | null = null) {
      const live = state === 'running' || state === 'ready_stop';
      Object.assign(bus.run.instance, { state, executionSlot, queuedAt: null });
      if (!live) bench.gate.release(bus);
      bench.gate.committed(bus, unitOf({ instance: { ...bus.run.instance } }));
    },
  };

  function create(limits: object = {}, read = async () => bench.rows) {
    const { clock } = bench;
    bench.gate = createGate({
      store: { liveRuns: read },
      ...{ clock, log: QUIET, retryMs: 100, refreshMs: 1_000, isOver: () => false },
      timers: createTimerQueue(clock),
      limits: { ...NO_LIMITS, ...limits },
      queued: { queuedTasks: () => bench.queuedTasks, queuedTasksOf: () => bench.queuedTasks },
    });
  }

  return bench;
}

export function liveRow(id: string, more: Partial<LiveRunRow> = {}): LiveRunRow {
  const ids = { id, workflowId: 'w', projectId: 'p' } as unknown as Pick<LiveRunRow, 'id' | 'workflowId' | 'projectId'>;
  return { ...ids, state: 'running', executionSlot: 0, queuedAt: null, ...more };
}
