/**
 * Does what people do: asks servers to start runs and to carry out orders, the leader or another one, and asks again, and
 * elsewhere, as long as no answer comes.
 */
import type { CommandRow, IdSource, ProjectId, WorkflowId, WorkflowInstanceId } from '@vaquita/core';
import type { Filing } from '@vaquita/store';
import type { MemoryStore } from '@vaquita/store/testing';
import type { Model } from '../model/model.ts';
import type {
  BackfillOperation,
  Operation,
  Scenario,
  ScheduleOperation,
  TellingOperation,
  TriggerOperation,
} from '../scenario/scenario.ts';
import { type BackfillPeople, isAboutBackfills } from './backfill-people.ts';
import { commandRow, runRow } from './documents.ts';
import { isAboutSchedules, type SchedulePeople } from './schedule-people.ts';
import type { SimServer } from './server.ts';
import { isTelling, type TellingPeople } from './telling-people.ts';
import type { Timeline } from './timeline.ts';
import { isAboutTriggers, type Send, type TriggerPeople } from './trigger-people.ts';

export interface OperatorDeps {
  readonly scenario: Scenario;
  readonly ids: IdSource;
  readonly store: MemoryStore;
  readonly model: Model;
  readonly projectId: ProjectId;
  readonly workflowIds: ReadonlyMap<string, WorkflowId>;
  readonly servers: readonly SimServer[];
  readonly timeline: Timeline;
  readonly now: () => number;
  readonly guard: (run: () => void) => void;
  readonly say: (line: string) => void;
  readonly name: (id: string, name: string) => void;
  readonly tellings: TellingPeople;
  readonly schedules: SchedulePeople;
  readonly backfills: BackfillPeople;
  readonly triggers: TriggerPeople;
}

/** How long a client waits for an answer before it asks again, and another server. */
const PATIENCE_MS = 2_000;

type Start = Extract<Operation, { do: 'start' }>;
type Resize = Extract<Operation, { do: 'resize' }>;
type Drain = Extract<Operation, { do: 'drain' }>;
type ByOthers = {
  do: 'retry_aside' | (TellingOperation | ScheduleOperation | BackfillOperation | TriggerOperation)['do'];
};
type Order = Exclude<Operation, Start | Resize | Drain | ByOthers>;

export function createOperator(deps: OperatorDeps): (operation: Operation) => Promise<void> {
  const { scenario, ids, store, model, projectId, servers, timeline, now, guard, say } = deps;
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
    model.resized(group, size, timeline.elapsed);
    say(`group ${group} is made ${size} large`);
    for (const server of servers) timeline.after(1, () => server.nudge());
  }

  /** Until a server says that it is done: whatever is filed has its id, and is not filed twice. */
  async function ask(first: number, request: (server: SimServer) => Promise<void>): Promise<void> {
    const leader = servers.findIndex(({ leads }) => leads);
    for (let turn = first < 0 ? Math.max(0, leader) : first; ; turn++) {
      const answered = await new Promise<boolean>((answer) => {
        request(servers[turn % servers.length]!).then(
          () => answer(true),
          () => timeline.after(PATIENCE_MS / 2, () => answer(false)),
        );
        timeline.after(PATIENCE_MS, () => answer(false));
      });
      if (answered) return;
    }
  }

  async function drain({ worker, draining }: Drain): Promise<void> {
    const row = (await store.workers.list()).find(({ name }) => name === worker);
    if (!row) return;
    const availability = draining ? ('draining' as const) : ('available' as const);
    const after = { availability, by: 'sim', at: now(), why: '', overrides: {} };
    const ofNothing = { projectId: null, workflowInstanceId: null, taskInstanceId: null };
    const event = { type: 'worker.changed' as const, ...ofNothing, at: now(), data: { worker } };
    if (!(await store.workers.decide(row.id, { before: row.standing, after }, event))) return;
    model.drained(worker, draining, timeline.elapsed);
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
    const filing: Filing = { instance: row, command, event };
    await ask(operation.server, (server) => server.start(filing));
    return row.id;
  }

  /** As a server files it whose hint does not reach the leader. */
  async function fileQuietly(command: CommandRow): Promise<void> {
    await store.commands.file(command);
    guard(() => model.file(command));
  }

  async function order(operation: Order): Promise<void> {
    const id = await runIds.get(operation.run);
    if (id === undefined) return;
    const payload = payloadOf(operation, id);
    for (let time = 0; time < (operation.twice ? 2 : 1); time++) {
      const command = commandRow({ ids, now: now() }, { kind: operation.do, workflowInstanceId: id, payload });
      say(`order ${operation.do} of ${id} ${JSON.stringify(payload)}`);
      if (operation.quietly) await fileQuietly(command);
      else await ask(operation.server, (server) => server.order([command]));
    }
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

  async function orderRun(kind: 'stop' | 'recover_failed', workflowInstanceId: WorkflowInstanceId): Promise<void> {
    const command = commandRow({ ids, now: now() }, { kind, workflowInstanceId, payload: {} });
    say(`order ${kind} of ${workflowInstanceId}`);
    await ask(-1, (server) => server.order([command]));
  }

  const send: Send = (server, sent) =>
    new Promise((answer) => {
      servers[server % servers.length]!.deliver(sent).then(
        () => answer('taken'),
        (error: unknown) => answer({ error }),
      );
      timeline.after(PATIENCE_MS, () => answer(undefined));
    });

  const pause = () => new Promise<void>((resolve) => timeline.after(PATIENCE_MS / 2, resolve));

  async function retryAside(): Promise<void> {
    for (const { row } of [...model.mirror.runs.values()].filter((run) => run.row.quarantine)) {
      const command = commandRow({ ids, now: now() }, { kind: 'retry', workflowInstanceId: row.id, payload: {} });
      say(`order retry of ${row.id}, which is set aside`);
      await ask(-1, (server) => server.order([command]));
    }
  }

  return (operation) => {
    if (isTelling(operation)) return deps.tellings.operate(operation);
    if (isAboutSchedules(operation)) return deps.schedules.operate(operation);
    if (isAboutBackfills(operation)) return deps.backfills.operate(operation, orderRun);
    if (isAboutTriggers(operation)) return deps.triggers.operate(operation, { send, pause });
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
