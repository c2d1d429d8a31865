/**
 * A run as it was: the fold of its event record, one event at a time. Memory grows with the task instances, not with
 * the events.
 *
 * H1 The fold of all events of a run equals its rows, in every field that a snapshot has.
 * H2 What the record does not hold (events that are no longer kept, or of an older version) is left open and never
 *    ends a replay: an event about a task instance that is not known yet makes it known.
 */
import type { TaskInstanceId } from '../identity/ids.ts';
import type { NewEvent, Reason } from '../machine/rows.ts';
import type { TaskState, WorkflowState } from '../machine/states.ts';
import { type PassedOver, type RunEventData, readReason } from './event-data.ts';

export interface RunSnapshot {
  /** Null before the first event. */
  readonly instance: InstanceSnapshot | null;
  /** In order of creation, superseded ones too. */
  readonly tasks: readonly TaskSnapshot[];
  /** Tasks without a task instance that the run has gone past, by name. */
  readonly passedOver: ReadonlyMap<string, PassedOver>;
}

export interface InstanceSnapshot {
  readonly state: WorkflowState;
  /** When it came into its state. */
  readonly since: number;
  readonly runCounter: number;
  readonly reason: Reason | null;
  readonly quarantine: Reason | null;
  readonly params: Readonly<Record<string, string>>;
}

export interface TaskSnapshot {
  readonly id: TaskInstanceId;
  readonly name: string;
  /** Null where the record does not tell. */
  readonly type: string | null;
  readonly attempt: number;
  readonly state: TaskState;
  /** When it came into its state. */
  readonly since: number;
  readonly current: boolean;
  /** Name of the worker that has or had it. */
  readonly worker: string | null;
  readonly reason: Reason | null;
}

/** Only events of one run, in the order of the record. */
export interface Replay {
  apply(event: NewEvent): void;
  /** The run after the events so far. Later ones do not change it. */
  snapshot(): RunSnapshot;
}

export function createReplay(): Replay {
  let instance: InstanceSnapshot | null = null;
  const tasks = new Map<TaskInstanceId, TaskSnapshot>();
  const passedOver = new Map<string, PassedOver>();

  /** Snapshots are replaced, never changed: those that were handed out stay as they were. */
  function changeInstance(change: Partial<InstanceSnapshot>, at: number): void {
    const before = instance ?? { ...UNKNOWN_INSTANCE, since: at };
    instance = { ...before, ...change };
  }

  function changeTask(event: NewEvent, change: Partial<TaskSnapshot>): void {
    const id = event.taskInstanceId;
    if (id === null) return;
    const { name, attempt } = event.data as Partial<RunEventData['task_instance.superseded']>;
    const before = tasks.get(id) ?? { ...UNKNOWN_TASK, id, name: name ?? '', attempt: attempt ?? 1, since: event.at };
    tasks.set(id, { ...before, ...change });
  }

  function apply(event: NewEvent): void {
    const { at } = event;
    switch (event.type) {
      case 'workflow_instance.created': {
        const data = dataOf(event, event.type);
        changeInstance({ state: data.state, since: at, params: data.params ?? {}, reason: readReason(data, at) }, at);
        return;
      }
      case 'workflow_instance.state': {
        const data = dataOf(event, event.type);
        const runCounter = data.runCounter === undefined ? {} : { runCounter: data.runCounter };
        changeInstance({ state: data.to, since: at, reason: readReason(data, at), ...runCounter }, at);
        return;
      }
      case 'workflow_instance.reason': {
        const data = dataOf(event, event.type);
        const { quarantine } = data;
        if (quarantine === undefined) changeInstance({ reason: readReason(data, at) }, at);
        else changeInstance({ quarantine: quarantine && readReason(quarantine, at) }, at);
        return;
      }
      case 'workflow_instance.params':
        changeInstance({ params: dataOf(event, event.type).params }, at);
        return;
      case 'task_instance.created': {
        const data = dataOf(event, event.type);
        passedOver.delete(data.name);
        changeTask(event, { type: data.type ?? null, state: data.state, since: at, reason: readReason(data, at) });
        return;
      }
      case 'task_instance.state': {
        const data = dataOf(event, event.type);
        changeTask(event, { state: data.to, since: at, worker: data.worker ?? null, reason: readReason(data, at) });
        return;
      }
      case 'task_instance.reason':
        changeTask(event, { reason: readReason(dataOf(event, event.type), at) });
        return;
      case 'task_instance.superseded':
        changeTask(event, { current: false });
        return;
      case 'task.passed_over': {
        const { name, how } = dataOf(event, event.type);
        if (how === 'undone') passedOver.delete(name);
        else passedOver.set(name, how);
        return;
      }
      default:
        // A warning, or of something else than a run: changes nothing that is shown.
        return;
    }
  }

  return {
    apply,
    snapshot: () => ({ instance, tasks: [...tasks.values()], passedOver: new Map(passedOver) }),
  };
}

/** The run after these events. */
export function replay(events: Iterable<NewEvent>): RunSnapshot {
  const fold = createReplay();
  for (const event of events) fold.apply(event);
  return fold.snapshot();
}

const UNKNOWN_INSTANCE = {
  state: 'submitted',
  runCounter: 1,
  reason: null,
  quarantine: null,
  params: {},
} as const satisfies Partial<InstanceSnapshot>;

const UNKNOWN_TASK = {
  type: null,
  state: 'submitted',
  current: true,
  worker: null,
  reason: null,
} as const satisfies Partial<TaskSnapshot>;

function dataOf<Type extends keyof RunEventData>(event: NewEvent, _type: Type): RunEventData[Type] {
  return event.data as unknown as RunEventData[Type];
}
