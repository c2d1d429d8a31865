/** Does what people do: files runs and commands as the API would, and tells the leader, or does not. */
import type { IdSource, ProjectId, WorkflowId, WorkflowInstanceId } from '@vaquita/core';
import type { Filing } from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import type { Model } from '../model/model.ts';
import type { Operation, Scenario } from '../scenario/scenario.ts';
import { commandRow, runRow } from './documents.ts';

export interface OperatorDeps {
  readonly scenario: Scenario;
  readonly ids: IdSource;
  readonly store: MemoryStore;
  readonly model: Model;
  readonly projectId: ProjectId;
  readonly workflowIds: ReadonlyMap<string, WorkflowId>;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly guard: (run: () => void) => void;
  readonly say: (line: string) => void;
  readonly name: (id: string, name: string) => void;
  /** Asks the server that leads to file and start the run. False: it says that it has not, or says nothing. */
  readonly begin: (filing: Filing) => Promise<boolean>;
  readonly nudge: () => void;
}

type Start = Extract<Operation, { do: 'start' }>;
type Resize = Extract<Operation, { do: 'resize' }>;
type Drain = Extract<Operation, { do: 'drain' }>;
type Order = Exclude<Operation, Start | Resize | Drain | { do: 'retry_aside' }>;

export function createOperator(deps: OperatorDeps): (operation: Operation) => Promise<void> {
  const { scenario, ids, store, model, projectId, now, guard, say, nudge } = deps;
  /** Of a start that nobody has answered yet: whoever wants to give orders waits for it, as he does not know the id. */
  const runIds = new Map<number, Promise<WorkflowInstanceId | undefined>>();

  async function resize({ group, size }: Resize): Promise<void> {
    const row = await store.taskGroups.find(group);
    if (!row) return;
    await store.taskGroups.update(
      row.id,
      { size },
      {
        type: 'task_group.changed',
        projectId,
        workflowInstanceId: null,
        taskInstanceId: null,
        at: now(),
        data: { name: group },
      },
    );
    model.resized(group, size, deps.elapsed());
    say(`group ${group} is made ${size} large`);
    nudge();
  }

  async function drain({ worker, draining }: Drain): Promise<void> {
    const row = (await store.workers.list()).find(({ name }) => name === worker);
    if (!row) return;
    const availability = draining ? ('draining' as const) : ('available' as const);
    const after = { availability, by: 'sim', at: now(), why: '', overrides: {} };
    const ofNothing = { projectId: null, workflowInstanceId: null, taskInstanceId: null };
    const event = { type: 'worker.changed' as const, ...ofNothing, at: now(), data: { worker } };
    if (!(await store.workers.decide(row.id, { before: row.standing, after }, event))) return;
    model.drained(worker, draining, deps.elapsed());
    say(`worker ${worker} is ${availability}`);
  }

  async function start(operation: Start): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<WorkflowInstanceId | undefined>();
    runIds.set(operation.run, promise);
    await fileRun(operation).then(resolve, reject);
    await promise;
  }

  async function fileRun(operation: Start): Promise<WorkflowInstanceId | undefined> {
    const workflow = scenario.workflows.find(({ name }) => name === operation.workflow);
    const workflowId = deps.workflowIds.get(operation.workflow);
    // Left out of a smaller scenario.
    if (!workflow || !workflowId) return undefined;
    const row = runRow(operation, { ids, now: now(), projectId, workflowId, workflow });
    deps.name(row.id, `run-${operation.run}`);
    const command = commandRow({ ids, now: now() }, { kind: 'start', workflowInstanceId: row.id, payload: {} });
    const event = {
      type: 'workflow_instance.created' as const,
      projectId,
      workflowInstanceId: row.id,
      taskInstanceId: null,
      at: now(),
      data: { state: 'submitted' },
    };
    say(`start of ${operation.workflow} as ${row.id}`);
    const filing = { instance: row, command, event };
    if (!operation.directly || !(await deps.begin(filing))) await file(filing);
    return row.id;
  }

  /** As a client does that asks again with the same key: what was filed after all is not filed twice. */
  async function file(filing: Filing): Promise<void> {
    const { instance, command, event } = filing;
    try {
      await store.instances.start(instance, command, event);
      guard(() => model.start(filing));
    } catch (error) {
      if ((await store.instances.find(instance.id)) === undefined) throw error;
    }
    nudge();
  }

  async function order(operation: Order): Promise<void> {
    const id = await runIds.get(operation.run);
    if (id === undefined) return;
    const payload = payloadOf(operation, id);
    for (let time = 0; time < (operation.twice ? 2 : 1); time++) {
      const command = commandRow({ ids, now: now() }, { kind: operation.do, workflowInstanceId: id, payload });
      say(`order ${operation.do} of ${id} ${JSON.stringify(payload)}`);
      guard(() => model.file(command));
      await store.commands.file(command);
    }
    if (!operation.quietly) nudge();
  }

  function payloadOf(operation: Order, id: WorkflowInstanceId): Record<string, unknown> {
    switch (operation.do) {
      case 'rerun_from':
        return { tasks: operation.tasks, params: {} };
      case 'signal':
        return { name: operation.name, outputs: {} };
      case 'kill_task':
      case 'force_success':
      case 'force_start':
      case 'approve_task':
      case 'reject_task': {
        const row = model.mirror.runs.get(id)?.current.get(operation.task);
        return { taskInstanceId: row?.id ?? 'no-such-task-instance', comment: '' };
      }
      default:
        return {};
    }
  }

  async function retryAside(): Promise<void> {
    for (const { row } of [...model.mirror.runs.values()].filter((run) => run.row.quarantine)) {
      const command = commandRow({ ids, now: now() }, { kind: 'retry', workflowInstanceId: row.id, payload: {} });
      say(`order retry of ${row.id}, which is set aside`);
      guard(() => model.file(command));
      await store.commands.file(command);
    }
    nudge();
  }

  return (operation) => {
    switch (operation.do) {
      case 'start':
        return start(operation);
      case 'resize':
        return resize(operation);
      case 'drain':
        return drain(operation);
      case 'retry_aside':
        return retryAside();
      default:
        return order(operation);
    }
  };
}
