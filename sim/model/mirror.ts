/** The rows as they must be now, kept from the units that the store has applied, with what workers have witnessed. */
import type { CommandRow, NewEvent, TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';
import type { Scenario, TaskSpec, WorkflowSpec } from '../scenario/scenario.ts';
import type { SendLimits } from './alerts.ts';
import { type AppliedUnit, type Change, type Execution, type NewRunFact, type RunFacts, Violation } from './facts.ts';
import type { ZoneOffsets } from './schedule-facts.ts';

export interface WorldFacts {
  /** Epoch ms at the beginning of the world. */
  readonly startedAt: number;
  workflowName(workflowId: string): string;
  /** The process or worker that has a session in the registry. */
  clientName(id: string): string;
  readonly sends: SendLimits;
  readonly zones: ZoneOffsets;
  /** Of all backfills at once. */
  readonly maxBackfillRuns: number;
}

export interface Mirror {
  readonly scenario: Scenario;
  readonly runs: ReadonlyMap<string, RunFacts>;
  readonly executions: ReadonlyMap<string, Execution>;
  /** Task instances of a commit whose answer was lost: the engine is ahead of their rows until it has settled that. */
  readonly inDoubt: ReadonlySet<string>;
  readonly commands: ReadonlyMap<string, { readonly row: CommandRow; outcome: string | null }>;
  /** Events of runs, in the order in which they were committed. */
  readonly events: readonly NewEvent[];
  /** By group, as it is now. */
  readonly sizes: Map<string, number>;
  groupSize(group: string): number;
  workflowOf(run: RunFacts): WorkflowSpec;
  taskSpec(name: string): TaskSpec | undefined;
  /** What a clock shows that nobody has turned. */
  wallClock(at: number): number;
  /** Files what a person asked for. */
  file(command: CommandRow): void;
  start(run: NewRunFact): void;
  /** Nobody knows whether the unit was written. */
  doubt(unit: Pick<AppliedUnit, 'changedTasks'>): void;
  apply(unit: AppliedUnit): Change | undefined;
  reject(id: string, outcome: string, at: number): void;
  /** A worker has begun, or has ended, with a dispatch. */
  accepted(execution: Execution): void;
  ended(worker: string, dispatchId: string, how: string, at: number): void;
  workerDied(worker: string, at: number): void;
  /** A worker has been shown an epoch; it has forgotten everything. */
  saw(worker: string, epoch: number): void;
  forgot(worker: string): void;
  /** The highest epoch that a worker has been shown. */
  seenBy(worker: string): number;
  /** Something is wrong with a worker or its connection until then. */
  impair(worker: string, until: number): void;
  /** Whether something was wrong with the worker since that moment. */
  wasImpaired(worker: string, since: number): boolean;
  /** Whether a commit has ever made this dispatch. */
  wasDispatched(dispatchId: string): boolean;
}

export function createMirror(scenario: Scenario, world: WorldFacts): Mirror {
  const runs = new Map<string, RunFacts>();
  const executions = new Map<string, Execution>();
  const inDoubt = new Set<string>();
  const commands = new Map<string, { readonly row: CommandRow; outcome: string | null }>();
  const workflows = new Map(scenario.workflows.map((workflow) => [workflow.name, workflow]));
  const tasks = new Map(scenario.workflows.flatMap((workflow) => workflow.tasks).map((task) => [task.name, task]));
  const impairments: { readonly worker: string; readonly until: number }[] = [];
  const dispatched = new Set<string>();
  const seen = new Map<string, number>();
  const sizes = new Map(scenario.groups.map(({ name, size }) => [name, size]));
  const events: NewEvent[] = [];

  function tell(run: RunFacts, event: NewEvent): void {
    events.push(event);
    const subject = event.taskInstanceId ?? run.row.id;
    const { from, to, state } = event.data as { from?: string; to?: string; state?: string };
    if (event.type === 'task_instance.created' || event.type === 'workflow_instance.created') {
      if (run.told.has(subject)) throw new Violation('record', `${subject} is told to have been created twice`);
      run.told.set(subject, state ?? '');
    } else if (event.type === 'task_instance.state' || event.type === 'workflow_instance.state') {
      const known = run.told.get(subject);
      if (known !== from) {
        throw new Violation(
          'record',
          `the events of ${subject} do not join: it was told to be ${known}, then to leave ${from}`,
        );
      }
      run.told.set(subject, to ?? '');
    }
  }

  function start({ instance, command, event }: NewRunFact): void {
    const run: RunFacts = {
      row: instance,
      wasAside: false,
      tasks: new Map(),
      current: new Map(),
      done: [],
      told: new Map(),
    };
    if (runs.has(instance.id)) throw new Violation('record', `the run ${instance.id} was made twice`);
    runs.set(instance.id, run);
    commands.set(command.id, { row: command, outcome: null });
    tell(run, event);
  }

  function finish(id: string, outcome: string, at: number): void {
    const command = commands.get(id);
    if (command === undefined) throw new Violation('commands', `the command ${id} was ended and never filed`);
    if (command.outcome !== null)
      throw new Violation('commands', `the command ${command.row.kind} ${id} was carried out twice`);
    command.outcome = outcome;
    runs.get(command.row.workflowInstanceId)?.done.push({ command: command.row, outcome, at });
  }

  function put(run: RunFacts, row: TaskInstanceRow): void {
    run.tasks.set(row.id, row);
    if (row.dispatchId !== null) dispatched.add(row.dispatchId);
    const current = run.current.get(row.name);
    if (row.current) {
      if (current && current.id !== row.id && run.tasks.get(current.id)?.current) {
        throw new Violation('current', `${row.name} has two current task instances, ${current.id} and ${row.id}`);
      }
      run.current.set(row.name, row);
    } else if (current?.id === row.id) run.current.delete(row.name);
  }

  return {
    scenario,
    runs,
    executions,
    inDoubt,
    commands,
    events,
    sizes,
    groupSize: (group) => sizes.get(group) ?? 0,
    workflowOf(run) {
      const spec = workflows.get(world.workflowName(run.row.workflowId));
      if (!spec) throw new Violation('record', `there is no workflow ${run.row.workflowId}`);
      return spec;
    },
    wallClock: (at) => world.startedAt + at,
    taskSpec: (name) => tasks.get(name),
    file: (row) => {
      if (!commands.has(row.id)) commands.set(row.id, { row, outcome: null });
    },
    start,
    apply(unit) {
      if (unit.filing) start(unit.filing);
      const id = unit.instance?.id ?? unit.newTasks[0]?.workflowInstanceId ?? unit.changedTasks[0]?.workflowInstanceId;
      for (const { id: command, outcome } of unit.commandsDone) finish(command, outcome, unit.at);
      for (const row of unit.newCommands) if (!commands.has(row.id)) commands.set(row.id, { row, outcome: null });
      const run = id === undefined ? undefined : runs.get(id);
      if (!run) {
        for (const event of unit.events) {
          const of = event.workflowInstanceId && runs.get(event.workflowInstanceId);
          if (of) tell(of, event);
        }
        return undefined;
      }
      const before = run.row;
      if (unit.instance) {
        const number = unit.number ?? before.number;
        run.row = { ...unit.instance, number } as WorkflowInstanceRow;
        if (run.row.quarantine) run.wasAside = true;
      }
      for (const row of unit.changedTasks) inDoubt.delete(row.id);
      const changed = [...unit.changedTasks, ...unit.newTasks].map((row) => ({ before: run.tasks.get(row.id), row }));
      for (const { row } of changed) if (!row.current) put(run, row);
      for (const { row } of changed) if (row.current) put(run, row);
      for (const event of unit.events) tell(run, event);
      for (const made of unit.newRuns) start(made);
      return { unit, run, before, tasks: changed };
    },
    doubt(unit) {
      for (const row of unit.changedTasks) inDoubt.add(row.id);
    },
    reject: finish,
    accepted(execution) {
      // Begun once more by a worker that has lost its memory: what it told before was told.
      const told = executions.get(execution.dispatchId)?.ends ?? [];
      executions.set(execution.dispatchId, { ...execution, ends: new Set(told) });
    },
    ended(worker, dispatchId, how, at) {
      const execution = executions.get(dispatchId);
      if (!execution) {
        executions.set(dispatchId, {
          worker,
          dispatchId,
          taskInstanceId: '',
          epoch: 0,
          acceptedAt: at,
          endedAt: at,
          ends: new Set([how]),
        });
        return;
      }
      execution.endedAt ??= at;
      execution.ends.add(how);
    },
    workerDied(worker, at) {
      for (const execution of executions.values()) if (execution.worker === worker) execution.endedAt ??= at;
    },
    saw: (worker, epoch) => void seen.set(worker, Math.max(seen.get(worker) ?? 0, epoch)),
    forgot: (worker) => void seen.delete(worker),
    seenBy: (worker) => seen.get(worker) ?? 0,
    impair: (worker, until) => void impairments.push({ worker, until }),
    wasImpaired: (worker, since) => impairments.some((one) => one.worker === worker && one.until >= since),
    wasDispatched: (dispatchId) => dispatched.has(dispatchId),
  };
}
