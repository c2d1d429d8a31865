/**
 * A master with everything it needs, in one process: a store in memory, a clock turned by hand, and workers that speak
 * the real protocol over wires in memory and do what a test tells them.
 */
import {
  type Clock,
  type CommandId,
  type CommandKind,
  createIdSource,
  type DispatchId,
  type ProjectId,
  type TaskInstanceRow,
  type WorkerId,
  type WorkflowId,
  type WorkflowInstanceId,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import {
  createWorkerSession,
  type MasterDispatch,
  type MasterOrder,
  type WorkerHello,
  type WorkerReport,
  type WorkerSession,
} from '@vaquita/protocol';
import { createWirePair, sampleHello, type WirePair } from '@vaquita/protocol/testing';
import type { Filing, MasterStore, RunCommit, RunRows } from '@vaquita/store';
import { createMemoryLogStore, createMemoryStore } from '@vaquita/store/testing';
import { createMaster, type Lease, type Master } from '../master.ts';
import type { MasterSettings } from '../settings.ts';

const TOKEN = 'vqw_test';

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
export type TestWorker = ReturnType<MasterBench['joinWorker']>;

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
  let revoked = false;
  let held = false;
  let loseLease: ((why: string) => void) | undefined;

  /** What a test makes of the database: called before a commit or a load; throws, waits, or does nothing. */
  const faults: {
    commit: ((unit: RunCommit) => void | Promise<void>) | null;
    /** Called when a commit is done, before it is answered; throws in the place of the answer. */
    committed: ((unit: RunCommit) => void) | null;
    /** Called before it is settled what has been written. */
    settle: (() => void) | null;
    load: ((id: string) => void | Promise<void>) | null;
    /** Changes what a load answers. */
    rows: ((rows: RunRows) => RunRows) | null;
    /** Answers in the place of the database when pending commands are read. */
    pending: MasterStore['pendingCommands'] | null;
    /** Answers in the place of the database when open runs are listed. */
    open: MasterStore['openInstances'] | null;
    /** Takes the place of the database when the state of a worker is written. */
    setWorkerState: MasterStore['workers']['setState'] | null;
    /** Answers in the place of the database when live runs are listed. */
    live: MasterStore['liveRuns'] | null;
    /** Answers in the place of the database when a dispatch is looked for. */
    dispatch: MasterStore['findDispatch'] | null;
  } = {
    ...{ commit: null, load: null, rows: null, pending: null, open: null, setWorkerState: null, live: null },
    ...{ dispatch: null, committed: null, settle: null },
  };
  const faulty: MasterStore = {
    ...store.master,
    async commit(epochOfCommit, unit) {
      await faults.commit?.(unit);
      const answer = await store.master.commit(epochOfCommit, unit);
      faults.committed?.(unit);
      return answer;
    },
    async settle(epochOfTerm) {
      faults.settle?.();
      return store.master.settle(epochOfTerm);
    },
    workers: {
      ...store.master.workers,
      setState: (...args) => (faults.setWorkerState ?? store.master.workers.setState)(...args),
    },
    findDispatch: (id) => (faults.dispatch ?? store.master.findDispatch)(id),
    liveRuns: () => (faults.live ?? store.master.liveRuns)(),
    openInstances: (page) => (faults.open ?? store.master.openInstances)(page),
    pendingCommands: (limit) => (faults.pending ?? store.master.pendingCommands)(limit),
    async loadRun(id) {
      await faults.load?.(id);
      const rows = await store.master.loadRun(id);
      return rows && faults.rows ? faults.rows(rows) : rows;
    },
  };

  /** One life of a server process: after its death nothing it does reaches anything. */
  function newLife() {
    let alive = true;
    const pairs: WirePair[] = [];
    const never = new Promise<never>(() => {});
    function mortal<T extends object>(target: T): T {
      return new Proxy(target, {
        get(from, key) {
          const value = Reflect.get(from, key);
          if (typeof value === 'object' && value !== null) return mortal(value);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => (alive ? value.apply(from, args) : never);
        },
      });
    }
    return {
      pairs,
      store: mortal(faulty),
      logs: mortal(logs),
      clock: {
        ...clock,
        now: clock.now,
        setTimeout: (run: () => void, ms: number) => clock.setTimeout(() => alive && run(), ms),
      },
      die() {
        alive = false;
        for (const pair of pairs) pair.master.terminate();
      },
    };
  }

  let life = newLife();

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
      judgeToken: async (token) => (token !== TOKEN ? 'unknown' : revoked ? 'revoked' : 'valid'),
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
    const id = ids.next<'workflow-instance'>() as WorkflowInstanceId;
    const now = clock.now();
    const instance: WorkflowInstanceRow = {
      id,
      projectId,
      workflowId,
      workflowName: 'test',
      version: 1,
      number: null,
      state: 'submitted',
      runCounter: 1,
      params: {},
      startTasks: [],
      scope: 'all',
      failureStrategy: 'continue',
      priority: 'medium',
      workerGroup: null,
      environment: null,
      dryRun: false,
      timeoutMs: null,
      businessTime: now,
      queuedAt: null,
      executionSlot: null,
      parentInstanceId: null,
      parentTask: null,
      parentTaskId: null,
      childIndex: 0,
      lineage: [],
      outputs: {},
      createdBy: 'test',
      createdAt: now,
      startedAt: null,
      endedAt: null,
      updatedAt: now,
      reason: null,
      quarantine: null,
      ...more,
    };
    const event = {
      type: 'workflow_instance.created' as const,
      projectId,
      workflowInstanceId: id,
      taskInstanceId: null,
      at: now,
      data: { state: 'submitted' },
    };
    return { instance, command: commandRow('start', id), event };
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
  function joinWorker(name: string, more: Partial<WorkerHello> = {}, workerClock: Clock = clock) {
    const pair = createWirePair(clock);
    life.pairs.push(pair);
    master.accept(pair.master);
    const orders: MasterOrder[] = [];
    const dispatches: MasterDispatch[] = [];
    const news: string[] = [];
    const hello: WorkerHello = {
      ...sampleHello,
      workerId: `worker-${name}` as WorkerId,
      name,
      token: TOKEN,
      groups: ['default'],
      slots: 4,
      taskTypes: ['noop', 'shell'],
      heartbeatIntervalMs: 10_000,
      sessionTimeoutMs: 30_000,
      running: [],
      unsent: [],
      ...more,
    };
    let mute = false;
    const session: WorkerSession = createWorkerSession(pair.worker, {
      clock: workerClock,
      hello,
      onWelcome: (welcome) => news.push(`welcome keep=${welcome.keep.length} abandon=${welcome.abandon.length}`),
      onRefused: (answer) => news.push(answer.type === 'reject' ? `reject ${answer.code}` : 'redirect'),
      onMessage(order) {
        orders.push(order);
        if (order.type === 'echo' && !mute) void echo(order.nonce);
        if (order.type !== 'dispatch') return;
        dispatches.push(order);
        if (!mute) session.send({ type: 'ack', dispatchId: order.dispatchId });
      },
      readHeartbeat: () => ({ cpu: 0, memory: 0, disk: null, load: 0, loopLagMs: 0, slotsUsed: 0, running: [] }),
      onClosed: (end) => news.push(`closed ${end.reason}`),
    });

    function echo(nonce: DispatchId): Promise<void> {
      return worker.result(nonce);
    }

    function send(report: WorkerReport): Promise<void> {
      session.send(report);
      return settle();
    }

    const worker = {
      name,
      news,
      orders,
      dispatches,
      pair,
      session,
      send,
      /** From now on says nothing about what it is sent, though it hears it and answers heartbeats. */
      goDeaf: () => {
        mute = true;
      },
      hearAgain: () => {
        mute = false;
      },
      /** Whatever it may be. */
      say(message: object): Promise<void> {
        pair.worker.send(JSON.stringify(message));
        return settle();
      },
      faults: () => orders.flatMap((order) => (order.type === 'fault' ? order.code : [])),
      dispatchOf: (task: string) => dispatches.findLast((dispatch) => dispatch.taskName === task)?.dispatchId,
      async starts(task: string) {
        await send({ type: 'started', dispatchId: worker.dispatchOf(task)!, processId: 1, at: clock.now() });
      },
      async ends(task: string, state: 'success' | 'failure' | 'killed' = 'success', outputs = {}) {
        await worker.result(worker.dispatchOf(task)!, state, outputs);
      },
      async result(dispatchId: DispatchId, state: 'success' | 'failure' | 'killed' = 'success', outputs = {}) {
        const exitCode = state === 'success' ? 0 : 1;
        const times = { startedAt: clock.now(), endedAt: clock.now() };
        await send({
          type: 'result',
          dispatchId,
          epoch,
          state,
          exitCode,
          signal: null,
          outputs,
          ...times,
          logBytes: 0,
          error: null,
        });
      },
      /** Nothing passes any more, and nobody is told. */
      blackhole: () => pair.blackhole(),
      /** Loses its connection, as by a pulled cable. */
      vanish(): Promise<void> {
        pair.cut();
        return settle();
      },
      acked: () => orders.flatMap((order) => (order.type === 'resultAck' ? order.dispatchIds : [])),
    };
    return worker;
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
    /** From now on no worker may join with the token. */
    revokeToken() {
      revoked = true;
    },
    loseLease: (why: string) => loseLease?.(why),
    /** The process is gone without a word, and another one leads. */
    async crashAndRestart() {
      life.die();
      life = newLife();
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
