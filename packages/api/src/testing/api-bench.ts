/** An API on a memory store with a clock turned by hand, and the few things most tests want to do with it. */
import {
  AppError,
  createIdSource,
  createSealer,
  type Permission,
  type Role,
  sha256Hex,
  type TaskInstanceId,
  type TaskInstanceRow,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import type { WorkerFacts } from '@vaquita/store';
import { createMemoryFileStore, createMemoryLogStore, createMemoryStore, newUser } from '@vaquita/store/testing';
import { createApi } from '../api.ts';
import { hashPassword } from '../auth/passwords.ts';
import { makeToken } from '../auth/tokens.ts';
import { type ApiDeps, type ApiSettings, DEFAULT_API_SETTINGS } from '../deps.ts';
import { createMetricsRegistry } from '../metrics/registry.ts';
import { createFakeCluster } from './fake-cluster.ts';
import { createFakeInspection } from './fake-inspection.ts';

export const START = Date.UTC(2026, 2, 1, 12);
export const ORIGIN = 'http://vaquita.test';
/** Cheap on purpose: the cost is carried by the hash. */
const CHEAP = { logN: 4, r: 1, p: 1 };
export const PASSWORD = 'correct horse';

export const DEFINITION = {
  name: 'daily',
  params: [{ name: 'day', type: 'string' }],
  tasks: [
    { name: 'extract', type: 'shell', script: 'echo one' },
    { name: 'load', type: 'shell', script: 'echo two', dependsOn: ['extract'] },
    { name: 'report', type: 'shell', script: 'echo three', dependsOn: ['load'] },
  ],
};

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: unknown;
}

export async function openApi(change: { settings?: Partial<ApiSettings>; deps?: Partial<ApiDeps> } = {}) {
  const clock = createManualClock(START);
  const random = createSeededRandom(7);
  const ids = createIdSource(clock, random);
  const store = createMemoryStore({ clock });
  store.leader.set(1);
  const logs = createMemoryLogStore();
  const hints = new Set<() => void>();
  const lines: LogLine[] = [];
  let nudges = 0;
  let groupHints = 0;
  let workerGroupHints = 0;
  let workerHints = 0;
  let alertHints = 0;
  let scheduleHints = 0;
  function hint(): void {
    for (const onChange of hints) onChange();
  }
  const write = (level: string) => (message: string, fields?: unknown) => void lines.push({ level, message, fields });
  const deps: ApiDeps = {
    store,
    registry: createFakeInspection(),
    upkeep: {
      retention: store.master.retention,
      policy: { keepMs: 86_400_000, keepRuns: 1_000, keepAtLeast: 1 },
      cleanUp: () => {},
      janitor: () => null,
      reconciler: () => null,
      checks: {},
      mends: () => ({ mended: {}, gaveUp: {} }),
    },
    cluster: createFakeCluster(),
    serverId: 'server-1',
    workers: store.workers,
    logs,
    files: {
      store: createMemoryFileStore(),
      maxBytes: 1000,
      findDispatch: (id) => store.master.findDispatch(id),
      isWorkerToken: async (token) =>
        (await store.master.workers.findToken(await sha256Hex(token), clock.now()))?.standing === 'valid',
    },
    clock,
    random,
    ids,
    begin: () => Promise.reject(new AppError('unavailable', 'Nobody leads here.')),
    nudge: () => {
      nudges += 1;
    },
    taskGroupsChanged: () => {
      groupHints += 1;
    },
    workerGroupsChanged: () => {
      workerGroupHints += 1;
    },
    workersChanged: () => {
      workerHints += 1;
    },
    schedulesChanged: () => {
      scheduleHints += 1;
    },
    alertsChanged: () => {
      alertHints += 1;
    },
    listeners: {
      host: { inspect: async () => ({ ok: false, problem: 'No plugins are looked at here.' }), log: () => [] },
      packages: { find: async () => ({ ok: false, problem: 'There are no packages here.' }) },
      events: store.listenerEngine.openLog(0).consumer,
      areElsewhere: false,
      changed() {},
    },
    lookouts: { of: () => [], look: async () => null },
    ask: async () => ({ ok: false, failure: 'network', message: 'Nobody can be asked here.' }),
    sealer: createSealer(new Uint8Array(32), random),
    changes: {
      announce: hint,
      subscribe(onChange) {
        hints.add(onChange);
        return () => void hints.delete(onChange);
      },
    },
    leadership: () => ({ role: 'leader', leaderName: 'server-1', leaderUrl: null, epoch: 3 }),
    readiness: [],
    metrics: createMetricsRegistry(),
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    version: '0.1.0',
    peerAddress: () => '192.0.2.1',
    ...change.deps,
    settings: { ...DEFAULT_API_SETTINGS, ...change.settings },
  };
  const app = createApi(deps);

  async function addUser(name: string, role: Role, more: { scopes?: readonly Permission[] } = {}): Promise<string> {
    const id = ids.next<'user'>();
    const passwordHash = await hashPassword(PASSWORD, random, CHEAP);
    const now = clock.now();
    await store.users.create({ ...newUser(now), id, name, role, passwordHash });
    const { token, row } = await makeToken(deps, {
      kind: 'api',
      name: `${name}'s`,
      userId: id,
      expiresAt: null,
      ...more,
    });
    await store.tokens.create(row);
    return token;
  }

  const admin = await addUser('admin', 'admin');

  /** A request as the admin's program would send it, unless told otherwise. */
  async function send(method: string, path: string, options: SendOptions = {}) {
    const { body, token = admin, headers = {} } = options;
    const isText = typeof body === 'string' || body instanceof ReadableStream;
    return app.request(`${ORIGIN}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit);
  }

  async function createWorkflow(project = 'etl', definition: Record<string, unknown> = DEFINITION): Promise<string> {
    await send('POST', '/api/v1/projects', { body: { name: project } });
    const answer = await send('POST', `/api/v1/projects/${project}/workflows`, { body: definition });
    const { id, name } = await read<{ id: string; name: string }>(answer, 201);
    await send('POST', `/api/v1/projects/${project}/workflows/${encodeURIComponent(name)}/online`);
    return id;
  }

  async function startRun(params: Record<string, unknown> = { day: 'mon' }): Promise<string> {
    const answer = await send('POST', '/api/v1/projects/etl/workflows/daily/instances', { body: { params } });
    return (await read<{ id: string }>(answer, 202)).id;
  }

  /** Writes what the master would write of a run, so that lists and filters see it too. */
  async function master(id: string, change: Partial<WorkflowInstanceRow>, newTasks: readonly TaskInstanceRow[] = []) {
    const row = { ...(await store.instances.find(id))!, ...change };
    store.leader.set(1);
    await store.master.commit(1, {
      instance: row,
      assignNumber: row.number === null,
      newTasks,
      changedTasks: [],
      writtenBefore: new Map(),
      events: [],
      outboxPut: [],
      outboxDone: [],
      commandsDone: [],
      newRuns: [],
      newCommands: [],
      newAlerts: [],
    });
    return row;
  }

  async function addWorkers(...rows: readonly WorkerFacts[]): Promise<void> {
    for (const row of rows) await store.master.workers.upsert(1, row, 'It has joined.');
  }

  /** The audit log, oldest first. */
  async function auditLog() {
    return (await store.requests.auditLog({ limit: 500, cursor: null })).items.toReversed();
  }

  /** Appends to the log of a task instance, as the worker's output does. */
  async function writeLog(id: TaskInstanceId, text: string): Promise<void> {
    await logs.append(id, await logs.size(id), new TextEncoder().encode(text));
  }

  return {
    app,
    deps,
    store,
    logs,
    writeLog,
    clock,
    lines,
    admin,
    send,
    addUser,
    createWorkflow,
    startRun,
    master,
    addWorkers,
    auditLog,
    hint,
    /** From now on it answers for another server of the cluster. */
    become(serverId: string) {
      (deps as { serverId: string }).serverId = serverId;
    },
    get nudges() {
      return nudges;
    },
    /** How often a master was told that task groups have changed. */
    get groupHints() {
      return groupHints;
    },
    get workerHints() {
      return workerHints;
    },
    get alertHints() {
      return alertHints;
    },
    get scheduleHints() {
      return scheduleHints;
    },
    get workerGroupHints() {
      return workerGroupHints;
    },
    get listeners() {
      return hints.size;
    },
  };
}

export type ApiBench = Awaited<ReturnType<typeof openApi>>;

export interface SendOptions {
  readonly body?: unknown;
  /** null: without any. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

/** The body of an answer that must have this status. */
export async function read<Body>(answer: Response, status = 200): Promise<Body> {
  const text = await answer.text();
  if (answer.status !== status) throw new AppError('internal', `${answer.status} instead of ${status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Body;
}

/** A worker as the master would have written it when it joined. */
export function workerRow(name: string, change: Partial<WorkerFacts> = {}): WorkerFacts {
  return {
    id: `worker-${name}` as WorkerFacts['id'],
    name,
    groups: ['default'],
    labels: {},
    slots: 4,
    weight: 1,
    state: 'online',
    agentVersion: '0.1.0',
    runtime: 'node 24',
    host: 'h',
    taskTypes: ['shell'],
    sessionTimeoutMs: 30_000,
    connectedAt: 0,
    lastHeartbeatAt: 0,
    stats: { slotsUsed: 1 },
    updatedAt: 0,
    ...change,
  };
}

/** A task instance as the master would have written it. */
export function taskRow(run: WorkflowInstanceRow, change: Partial<TaskInstanceRow>): TaskInstanceRow {
  return {
    id: `task-${change.name}-${change.attempt ?? 1}` as TaskInstanceRow['id'],
    workflowInstanceId: run.id,
    name: 'extract',
    type: 'shell',
    state: 'running',
    attempt: 1,
    retryTimes: 0,
    failovers: 0,
    current: true,
    runCounter: 1,
    previousId: null,
    workerGroup: 'default',
    priority: 'medium',
    dispatchId: null,
    dispatchEpoch: null,
    workerId: null,
    workerName: 'rack-1',
    firstSubmittedAt: START,
    submittedAt: START,
    dueAt: null,
    dispatchedAt: START,
    startedAt: START,
    endedAt: null,
    exitCode: null,
    signal: null,
    outputs: {},
    inputs: {},
    logBytes: 0,
    killRequestedAt: null,
    taskGroup: null,
    groupPriority: 0,
    groupSlot: null,
    groupForced: false,
    logic: null,
    usage: null,
    reason: null,
    updatedAt: START,
    ...change,
  };
}
