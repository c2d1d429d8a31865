/** Room for runs and tasks: the gate and the task groups, told together of what happens to runs. */
import {
  type Effect,
  type Intent,
  type RunChangeSet,
  type TaskInstanceId,
  toAppError,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { DispatchQueue } from '../dispatch/dispatch-queue.ts';
import type { MasterSettings } from '../settings.ts';
import { createTaskGroups } from '../task-groups/task-groups.ts';
import type { GroupStatus, TaskGroups } from '../task-groups/task-groups-port.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import { createGate } from './gate.ts';
import type { GateStatus, HeldPlace } from './gate-port.ts';
import type { KeepTryingDeps } from './keep-trying.ts';

export type RoomIntent = Extract<Intent, { type: 'RequestTurn' | 'RequestSlot' }>;
export type RoomEffect = Extract<Effect, { type: 'ReleaseTurn' | 'ReleaseSlot' }>;

export interface Room {
  /** Begins to read who is live and who holds slots. */
  open(): void;
  /** Every open run that can be is in memory. */
  recovered(): void;
  request(bus: RunBus, intent: RoomIntent): void;
  release(bus: RunBus, effect: RoomEffect): void;
  /** A unit of the run is durable; told before its effects. */
  committed(bus: RunBus, unit: RunChangeSet): void;
  /** The run was built from its rows; told before it asks for anything. */
  adopt(bus: RunBus): void;
  /** The bus is given up. */
  forget(bus: RunBus): void;
  /** The bus handles nothing any more. */
  setAside(bus: RunBus): void;
  /** The run was ended in its rows, without a bus. */
  ended(id: WorkflowInstanceId): void;
  /**
   * A commit was refused, or its answer was lost: unless it is for another reason, the rows may say otherwise about who
   * holds what.
   */
  doubt(bus: RunBus, error: unknown): Promise<void>;
  /** Queued tasks have been placed. */
  look(): void;
  /** Hint: a task group has changed. */
  refreshTaskGroups(): void;
  /** It is known who has what. */
  isKnown(): boolean;
  /** The run waits for its turn. */
  asks(bus: RunBus): boolean;
  /** The task waits for a slot of its group. */
  waits(bus: RunBus, id: TaskInstanceId): boolean;
  placeOf(id: WorkflowInstanceId): HeldPlace | undefined;
  /** Slots that the rows of the run's tasks say they hold. */
  slotsOf: TaskGroups['slotsOf'];
  /** Runs that hold something here, or wait for it. */
  runs(): ReadonlySet<WorkflowInstanceId>;
  status(): RoomStatus;
}

export interface RoomStatus extends GateStatus {
  /** Task groups that tasks hold slots of, or wait for. */
  readonly taskGroups: readonly GroupStatus[];
}

export interface RoomDeps extends Omit<KeepTryingDeps, 'retryMs'> {
  readonly store: Pick<MasterStore, 'liveRuns' | 'taskGroups' | 'slotHolders'>;
  readonly timers: TimerQueue;
  readonly queue: Pick<DispatchQueue, 'size' | 'sizeOf'>;
  readonly settings: MasterSettings;
}

export function createRoom({ queue, settings, ...rest }: RoomDeps): Room {
  const { maxLiveRuns, maxLiveRunsPerProject, maxQueuedTasks, maxQueuedTasksPerProject } = settings;
  const deps = { ...rest, retryMs: settings.commitRetryMs, refreshMs: settings.waitRefreshMs };
  const gate = createGate({
    ...deps,
    limits: { maxLiveRuns, maxLiveRunsPerProject, maxQueuedTasks, maxQueuedTasksPerProject },
    queued: { queuedTasks: () => queue.size, queuedTasksOf: queue.sizeOf },
  });
  const groups = createTaskGroups({ ...deps, pollMs: settings.taskGroupPollMs });
  const both = [gate, groups];

  return {
    open() {
      for (const part of both) void part.open();
    },
    recovered: gate.recovered,
    request(bus, intent) {
      if (intent.type === 'RequestTurn') gate.request(bus);
      else groups.request(bus, intent.taskInstanceId);
    },
    release(bus, effect) {
      if (effect.type === 'ReleaseTurn') gate.release(bus);
      else groups.release(bus, effect.taskInstanceId);
    },
    committed(bus, unit) {
      for (const part of both) part.committed(bus, unit);
    },
    adopt(bus) {
      for (const part of both) part.adopt(bus);
    },
    forget(bus) {
      for (const part of both) part.forget(bus);
    },
    setAside(bus) {
      for (const part of both) void part.setAside(bus);
    },
    ended(id) {
      for (const part of both) part.ended(id);
    },
    async doubt(bus, error) {
      const { code } = toAppError(error);
      if (code !== 'conflict' && code !== 'outcome_unknown') return;
      await Promise.all([gate.doubt(bus.run.instance.workflowId), groups.doubt()]);
    },
    isKnown: () => gate.isKnown() && groups.isKnown(),
    asks: gate.asks,
    waits: groups.waits,
    placeOf: gate.placeOf,
    slotsOf: groups.slotsOf,
    runs: () => new Set([...gate.runs(), ...groups.runs()]),
    look: gate.look,
    refreshTaskGroups: groups.refresh,
    status: () => ({ ...gate.status(), taskGroups: groups.status() }),
  };
}
