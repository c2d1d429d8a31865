/**
 * A master with everything it needs, in one process: a store in memory, a clock turned by hand, and workers that speak
 * the real protocol over wires in memory and do what a test tells them.
 */
import {
  type Clock,
  type CommandId,
  type CommandKind,
  createIdSource,
  newRun,
  type ProjectId,
  type RunChoices,
  type TaskInstanceRow,
  type WorkflowId,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import type { WorkerHello } from '@vaquita/protocol';
import { createWirePair } from '@vaquita/protocol/testing';
import type { Filing } from '@vaquita/store';
import { createMemoryLogStore, createMemoryStore } from '@vaquita/store/testing';
import { type OpenNeeds, openNothing } from '../dispatch/task-needs.ts';
import { createMaster, type Lease, type Master } from '../master.ts';
import type { MasterSettings } from '../settings.ts';
import { BENCH_TOKEN, connectWorker, type TestWorker } from './bench-worker.ts';
import { createFaultyStore } from './faulty-store.ts';
import { startLife } from './server-life.ts';

export interface TestTask {
  readonly name: string;
  readonly dependsOn?: readonly string[];
  readonly retry?: { readonly times: number; readonly interval?: string };
  readonly workerGroup?: string;
  readonly priority?: string;
  readonly taskGroup?: { readonly name: string; readonly priority?: number };
  readonly timeout?: { readonly after: string; readonly strategy: string };
  /** `type`, and the settings of that type; `noop` when there is none. */
  readonly [setting: string]: unknown;
}

export type MasterBench = Awaited<ReturnType<typeof openMasterBench>>;

export async function openMasterBench(settings: Partial<MasterSettings> = {}) {
  const clock = createManualClock(1_700_000_000_000);
  const random = createSeededRandom(42);
  const ids = createIdSource(clock, random);
  const store = createMemoryStore({ clock });
  const logs = createMemoryLogStore();
  const lines: string[] = [];
  /** What the rest of the cluster is told of workers. */
  const membership: string[] = [];
  const projectId = ids.next<'project'>() as ProjectId;
  await store.projects.create({
    id: projectId,
    name: 'project',
    description: '',
    params: [],
    createdAt: 0,
    updatedAt: 0,
  });

  let epoch = 0;
  let openNeeds = openNothing;
  let revoked = false;
  let held = false;
  let loseLease: ((why: string) => void) | undefined;

  const { faults, store: faulty } = createFaultyStore(store.master);
  const startOne = () => startLife({ store: faulty, logs, clock });
  let life = startOne();

  function newMaster(): Master {
    const lease: Lease = {
      async acquire() {
        epoch += 1;
        held = true;
        store.leader.set(epoch);
        return { epoch };
      },
      async release() {
        held = false;
        store.leader.set(null);
      },
      onLost: (lost) => {
        loseLease = lost;
      },
    };
    const say = (level: string) => (message: string, fields?: object) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
    return createMaster({
      lease,
      store: life.store,
      logs: life.logs,
      clock: life.clock,
      random,
      ids,
      serverId: `server-${epoch + 1}`,
      judgeToken: async (token) => (token !== BENCH_TOKEN ? 'unknown' : revoked ? 'revoked' : 'valid'),
      openNeeds: {
        environment: (projectId, name) => openNeeds.environment(projectId, name),
        dataSource: (projectId, name) => openNeeds.dataSource(projectId, name),
      },
      log: { info: say('info'), warn: say('warn'), error: say('error') },
      defer: (run) => void clock.setTimeout(run, 0),
      membership: {
        joined: ({ name, groups, heartbeatIntervalMs, sessionTimeoutMs }) =>
          void membership.push(`joined ${name} in ${groups} ${heartbeatIntervalMs}/${sessionTimeoutMs}`),
        heard: (id) => void membership.push(`heard ${id}`),
        left: (id, gone) => void membership.push(`${gone ? 'gone' : 'away'} ${id}`),
      },
      settings,
    });
  }

  let master = newMaster();
  await master.start();

  /** Lets everything that is due now happen. */
  async function settle(): Promise<void> {
    await clock.advance(0);
  }

  async function createWorkflow(name: string, tasks: readonly TestTask[], more: object = {}): Promise<WorkflowId> {
    const id = ids.next<'workflow'>() as WorkflowId;
    const document = { name, tasks: tasks.map((task) => ({ type: 'noop', ...task })), ...more };
    const times = { createdAt: clock.now(), updatedAt: clock.now() };
    await store.workflows.create(
      { id, projectId, name, description: '', version: 1, online: true, taskCount: tasks.length, ...times },
      { workflowId: id, version: 1, document, contentHash: name, createdBy: 'test', createdAt: clock.now() },
      { type: 'workflow.added', projectId, workflowInstanceId: null, taskInstanceId: null, at: clock.now(), data: {} },
    );
    return id;
  }

  /** What the API makes of a request to start. */
  function filingOf(workflowId: WorkflowId, more: Partial<WorkflowInstanceRow> = {}): Filing {
    const choices: RunChoices = {
      projectId,
      workflowId,
      workflowName: 'test',
      version: 1,
      params: {},
      startTasks: [],
      scope: 'all',
      failureStrategy: 'continue',
      priority: 'medium',
      workerGroup: null,
      environment: null,
      dryRun: false,
      timeoutMs: null,
      alertOn: null,
      alertGroup: null,
      businessTime: clock.now(),
      createdBy: 'test',
      parent: null,
    };
    const { instance, command, event } = newRun(choices, ids, clock.now());
    return { instance: { ...instance, ...more }, command, event };
  }

  async function fileAsked({ instance, command, event }: Filing): Promise<WorkflowInstanceId> {
    await store.instances.start(instance, command, event);
    return instance.id;
  }

  /** Files a run. */
  async function file(workflowId: WorkflowId, more: Partial<WorkflowInstanceRow> = {}): Promise<WorkflowInstanceId> {
    return fileAsked(filingOf(workflowId, more));
  }

  /** Files a run as the API does on a follower, and has the master take it. */
  async function start(workflowId: WorkflowId, more: Partial<WorkflowInstanceRow> = {}): Promise<WorkflowInstanceId> {
    const id = await file(workflowId, more);
    master.nudge();
    await settle();
    return id;
  }

  /** Has the leader file and start it, as the API does there. `failed` is the code of its refusal. */
  async function begin(filing: Filing): Promise<{ readonly failed: string | undefined }> {
    let failed: string | undefined;
    const begun = master.begin(filing).catch((error) => {
      failed = error.code;
    });
    await settle();
    await Promise.race([begun, Promise.resolve()]);
    return { failed };
  }

  function commandRow(kind: CommandKind, workflowInstanceId: WorkflowInstanceId, payload = {}) {
    const id = ids.next<'command'>() as CommandId;
    return {
      id,
      kind,
      workflowInstanceId,
      payload,
      priority: 'medium' as const,
      createdBy: 'test',
      createdAt: clock.now(),
    };
  }

  async function command(kind: CommandKind, id: WorkflowInstanceId, payload = {}): Promise<string> {
    const row = commandRow(kind, id, payload);
    await store.commands.file(row);
    master.nudge();
    await settle();
    return row.id;
  }

  /** @param workerClock Its own, when it is not that of the server. */
  function joinWorker(name: string, more: Partial<WorkerHello> = {}, workerClock: Clock = clock): TestWorker {
    const pair = createWirePair(clock);
    life.pairs.push(pair);
    master.accept(pair.master);
    return connectWorker(name, more, { clock, workerClock, pair, epoch: () => epoch, settle });
  }

  return {
    clock,
    ids,
    store,
    logs,
    lines,
    membership,
    faults,
    settle,
    createWorkflow,
    filingOf,
    fileAsked,
    file,
    start,
    begin,
    command,
    joinWorker,
    get master() {
      return master;
    },
    /** Whether a server holds the lease. */
    leads: () => held,
    /** From now on tasks get these. */
    openBy(open: Partial<OpenNeeds>) {
      openNeeds = { ...openNothing, ...open };
    },
    /** From now on no worker may join with the token. */
    revokeToken() {
      revoked = true;
    },
    loseLease: (why: string) => loseLease?.(why),
    /** The process is gone without a word, and another one leads. */
    async crashAndRestart() {
      life.die();
      life = startOne();
      master = newMaster();
      await master.start();
      await settle();
    },
    async instance(id: WorkflowInstanceId): Promise<WorkflowInstanceRow> {
      return (await store.instances.find(id))!;
    },
    async tasks(id: WorkflowInstanceId): Promise<readonly TaskInstanceRow[]> {
      return store.instances.tasks(id);
    },
    async states(id: WorkflowInstanceId): Promise<Record<string, string>> {
      const rows = await store.instances.tasks(id);
      return Object.fromEntries(rows.filter((row) => row.current).map((row) => [row.name, row.state]));
    },
  };
}
