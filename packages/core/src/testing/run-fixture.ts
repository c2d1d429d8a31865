/**
 * A run on its own, for tests of the machines: rows kept as a store would keep them, a clock turned by hand, and words
 * for what dispatcher and workers would say. Every change set taken is applied to the rows, so `rebuilt()` is what a
 * new leader would see.
 */
import type { AlertId, NewAlert } from '../alerts/alert.ts';
import type { FailureStrategy, TaskDefinition, WorkflowDefinition } from '../definition/definition.ts';
import {
  type CommandId,
  createIdSource,
  type DispatchId,
  type ProjectId,
  type TaskInstanceId,
  type WorkerId,
  type WorkflowId,
} from '../identity/ids.ts';
import type { Effect, Intent } from '../machine/effects.ts';
import type { LifecycleEvent, TaskOutcomeReport, WorkflowEvent } from '../machine/events.ts';
import { allInputs } from '../machine/inputs.ts';
import { checkInvariants } from '../machine/invariants.ts';
import {
  MACHINE_DEFAULTS,
  type MachineSettings,
  type RunChangeSet,
  type TransitionContext,
  takeChanges,
} from '../machine/ledger.ts';
import { type NewRun, newRun } from '../machine/new-run.ts';
import type { CommandRow, NewEvent, OutboxRow, TaskInstanceRow, WorkflowInstanceRow } from '../machine/rows.ts';
import { type Run, rebuildRun } from '../machine/run.ts';
import type { TaskCommand } from '../machine/task-machine.ts';
import { resumeRun, type TransitionResult, transition } from '../machine/transition.ts';
import { createSeededRandom } from './seeded-random.ts';

type Ordered<E> = E extends { by: string } ? Omit<E, 'by' | 'commandId'> & { by?: string } : never;

export type TaskSpec = Partial<Omit<TaskDefinition, 'name'>> & { readonly name: string };

export function taskDefinition(spec: TaskSpec): TaskDefinition {
  return {
    type: 'noop',
    description: '',
    dependsOn: [],
    enabled: true,
    retry: { times: 0, intervalMs: 0, backoff: 'fixed', maxIntervalMs: 0 },
    timeout: null,
    delayMs: 0,
    workerGroup: null,
    workerLabels: {},
    environment: null,
    priority: 'medium',
    taskGroup: null,
    params: [],
    outputs: [],
    config: {},
    ...spec,
  };
}

export function workflowDefinition(
  tasks: readonly TaskSpec[],
  more: Partial<WorkflowDefinition> = {},
): WorkflowDefinition {
  return {
    name: 'test',
    description: '',
    params: [],
    execution: 'parallel',
    maxParallelRuns: null,
    strictParams: false,
    failureStrategy: 'continue',
    timeout: null,
    alerts: null,
    timezone: 'UTC',
    tasks: tasks.map(taskDefinition),
    ...more,
  };
}

export interface RunFixtureOptions {
  readonly definition?: Partial<WorkflowDefinition>;
  readonly instance?: Partial<WorkflowInstanceRow>;
  readonly failureStrategy?: FailureStrategy;
  readonly settings?: Partial<MachineSettings>;
  readonly seed?: number;
  readonly projectParams?: Readonly<Record<string, string>>;
  /** False: a test answers requests for a turn itself. */
  readonly grantsTurns?: boolean;
  /** False: a test tells the run itself to start more. */
  readonly startsMore?: boolean;
}

export type RunFixture = ReturnType<typeof createRunFixture>;

export function createRunFixture(tasks: readonly TaskSpec[], options: RunFixtureOptions = {}) {
  const definition = workflowDefinition(tasks, options.definition);
  let now = 1_000_000;
  const random = createSeededRandom(options.seed ?? 1);
  const ids = createIdSource({ now: () => now }, random);
  const filed = newRun(
    {
      projectId: 'p' as ProjectId,
      workflowId: 'w' as WorkflowId,
      workflowName: definition.name,
      version: 1,
      params: {},
      startTasks: [],
      scope: 'all',
      failureStrategy: options.failureStrategy ?? 'continue',
      priority: 'medium',
      workerGroup: null,
      environment: null,
      dryRun: false,
      timeoutMs: null,
      alertOn: null,
      alertGroup: null,
      businessTime: now,
      createdBy: 'somebody',
      parent: null,
    },
    ids,
    now,
  );
  // Without the reason that its first event records: the events of the fixture begin behind that one.
  const instance: WorkflowInstanceRow = { ...filed.instance, reason: null, ...options.instance };
  const rows = {
    instance,
    tasks: new Map<TaskInstanceId, TaskInstanceRow>(),
    outbox: new Map<string, OutboxRow>(),
    events: [] as NewEvent[],
    commands: new Map<CommandId, string>(),
    newRuns: [] as NewRun[],
    newCommands: [] as CommandRow[],
    /** By id: a store writes each once. */
    alerts: new Map<AlertId, NewAlert>(),
  };
  const context = (): TransitionContext => ({
    now,
    ids,
    random,
    settings: { ...MACHINE_DEFAULTS, ...options.settings },
  });
  let run = rebuild();
  let numbersAsked = 0;
  const intents: Intent[] = [];
  const effects: Effect[] = [];

  function rebuild(): Run {
    return rebuildRun(definition, {
      projectName: 'project',
      projectParams: options.projectParams ?? {},
      instance: rows.instance,
      tasks: [...rows.tasks.values()],
      outbox: [...rows.outbox.values()],
    });
  }

  function commit(): RunChangeSet | undefined {
    const broken = checkInvariants(run);
    if (broken !== undefined) throw new Error(broken);
    const unit = takeChanges(run);
    if (!unit) return undefined;
    if (unit.instance) rows.instance = unit.instance;
    if (unit.assignNumber) numbersAsked += 1;
    for (const row of unit.newTasks) {
      if (rows.tasks.has(row.id)) throw new Error(`task instance ${row.id} is inserted twice`);
      rows.tasks.set(row.id, row);
    }
    for (const row of unit.changedTasks) {
      if (!rows.tasks.has(row.id)) throw new Error(`task instance ${row.id} is updated before it is inserted`);
      rows.tasks.set(row.id, row);
    }
    rows.events.push(...unit.events);
    rows.newRuns.push(...unit.newRuns);
    rows.newCommands.push(...unit.newCommands);
    for (const alert of unit.newAlerts) if (!rows.alerts.has(alert.id)) rows.alerts.set(alert.id, alert);
    for (const row of unit.outboxPut) rows.outbox.set(row.dispatchId, row);
    for (const id of unit.outboxDone) rows.outbox.delete(id);
    for (const { id, outcome } of unit.commandsDone) rows.commands.set(id, outcome);
    return unit;
  }

  function apply(result: TransitionResult): TransitionResult {
    intents.push(...result.intents);
    effects.push(...result.effects);
    commit();
    if (options.grantsTurns !== false && result.intents.some(({ type }) => type === 'RequestTurn')) {
      grant(null);
    }
    if (options.startsMore !== false && result.effects.some(({ type }) => type === 'StartMore'))
      send({ type: 'MoreToStart' });
    return result;
  }

  /** The gate's answer to what was asked last. */
  function grant(slot: number | null): TransitionResult {
    return send({ type: 'TurnGranted', slot, runCounter: run.instance.runCounter });
  }

  function send(event: LifecycleEvent): TransitionResult {
    return apply(transition(run, event, context()));
  }

  function command(event: { type: 'StartWorkflow' } | Ordered<WorkflowEvent>): CommandId {
    const commandId = ids.next<'command'>();
    send({ by: 'somebody', ...event, commandId } as LifecycleEvent);
    return commandId;
  }

  function taskCommand(type: TaskCommand, name: string, more: { comment?: string } = {}): CommandId {
    const commandId = ids.next<'command'>();
    send({ type, by: 'somebody', commandId, taskInstanceId: current(name).id, ...more } as LifecycleEvent);
    return commandId;
  }

  function current(name: string): TaskInstanceRow {
    const row = [...rows.tasks.values()].find((task) => task.name === name && task.current);
    if (!row) throw new Error(`no current task instance of "${name}"`);
    return row;
  }

  function place(name: string, worker = 'w1'): DispatchId {
    const dispatchId = ids.next<'dispatch'>();
    const { id: taskInstanceId } = current(name);
    send({
      type: 'TaskPlaced',
      taskInstanceId,
      dispatchId,
      workerId: worker as WorkerId,
      workerName: worker,
      epoch: 1,
    });
    return dispatchId;
  }

  function of(name: string): { taskInstanceId: TaskInstanceId; dispatchId: DispatchId } {
    const row = current(name);
    return { taskInstanceId: row.id, dispatchId: row.dispatchId ?? ('none' as DispatchId) };
  }

  function report(state: TaskOutcomeReport['state'], more: Partial<TaskOutcomeReport> = {}): TaskOutcomeReport {
    return {
      state,
      exitCode: state === 'success' ? 0 : 1,
      signal: null,
      outputs: {},
      startedAt: now,
      endedAt: now,
      logBytes: 0,
      error: null,
      ...more,
    };
  }

  return {
    rows,
    intents,
    effects,
    get run() {
      return run;
    },
    get state() {
      return rows.instance.state;
    },
    /** What the machine is set to. */
    settings: { ...MACHINE_DEFAULTS, ...options.settings },
    /** How often a number was asked of the store. */
    get numbersAsked() {
      return numbersAsked;
    },
    get now() {
      return now;
    },
    advance(ms: number) {
      now += ms;
    },
    send,
    grant,
    start: () => command({ type: 'StartWorkflow' }),
    stop: (by = 'somebody') => command({ type: 'StopWorkflow', by }),
    rerun: (by = 'somebody') => command({ type: 'RerunWorkflow', by }),
    pause: () => command({ type: 'PauseWorkflow' }),
    resume: () => command({ type: 'ResumeWorkflow' }),
    recover: () => command({ type: 'RecoverFailed' }),
    rerunFrom: (tasks: readonly string[], params: Readonly<Record<string, string>> = {}) =>
      command({ type: 'RerunFrom', tasks, params }),
    signal: (name: string, outputs: Readonly<Record<string, string>> = {}) =>
      command({ type: 'SignalReceived', name, outputs }),
    forceSuccess: (name: string) => taskCommand('ForceSuccess', name),
    forceStart: (name: string) => taskCommand('ForceStart', name),
    approve: (name: string, comment = '') => taskCommand('ApproveTask', name, { comment }),
    reject: (name: string, comment = '') => taskCommand('RejectTask', name, { comment }),
    /** What was answered to a command. */
    outcome: (id: CommandId) => rows.commands.get(id),
    kill: (name: string) => taskCommand('KillTask', name),
    current,
    place,
    of,
    started: (name: string) => send({ type: 'TaskStarted', ...of(name), at: now, processId: 1 }),
    ended: (name: string, state: TaskOutcomeReport['state'] = 'success', more: Partial<TaskOutcomeReport> = {}) =>
      send({ type: 'TaskEnded', ...of(name), report: report(state, more) }),
    /** Placed, started and ended, as a worker would. */
    does(name: string, state: TaskOutcomeReport['state'] = 'success', more: Partial<TaskOutcomeReport> = {}) {
      place(name);
      this.started(name);
      this.ended(name, state, more);
    },
    report,
    /** Every parameter the current task instance is sent with. */
    inputs(name: string) {
      const node = run.nodeOf.get(current(name).id)!;
      return allInputs(run, node, node.current!);
    },
    statesOf: () =>
      Object.fromEntries([...rows.tasks.values()].filter((row) => row.current).map((row) => [row.name, row.state])),
    attemptsOf: (name: string) => [...rows.tasks.values()].filter((row) => row.name === name).map((row) => row.state),
    /** What a new leader would have in memory. */
    rebuilt: rebuild,
    /** Goes on with the run rebuilt from its rows, as after a crash. */
    restart() {
      run = rebuild();
      intents.length = 0;
      effects.length = 0;
      return apply(resumeRun(run, context()));
    },
  };
}
