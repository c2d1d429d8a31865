/** One valid message of each type, to build on in tests. */
import type { DispatchId, TaskInstanceId, WorkerId } from '@vaquita/core';
import type { MasterMessage, WorkerHello, WorkerMessage } from '../messages.ts';

export const sampleDispatchId = '01jd0000000000000000000001' as DispatchId;

export const sampleHello: WorkerHello = {
  type: 'hello',
  versions: ['1.0'],
  workerId: '01jd0000000000000000000002' as WorkerId,
  token: 'secret',
  name: 'north-1',
  groups: ['default'],
  labels: { zone: 'north' },
  weight: 1,
  slots: 4,
  heartbeatIntervalMs: 10_000,
  sessionTimeoutMs: 30_000,
  agentVersion: '0.1.0',
  runtime: 'node 24.21.0',
  host: 'north.example',
  taskTypes: ['shell'],
  running: [],
  unsent: [],
};

type ByType<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: Extract<Message, { readonly type: Type }>;
};

export const sampleWorkerMessages: ByType<WorkerMessage> = {
  hello: sampleHello,
  heartbeat: {
    type: 'heartbeat',
    seq: 1,
    cpu: 0.25,
    memory: 0.5,
    disk: null,
    load: 0.7,
    loopLagMs: 1.5,
    slotsUsed: 1,
    running: [sampleDispatchId],
  },
  ack: { type: 'ack', dispatchId: sampleDispatchId },
  refuse: { type: 'refuse', dispatchId: sampleDispatchId, reason: 'no_slot', text: 'all 4 slots are taken' },
  started: { type: 'started', dispatchId: sampleDispatchId, processId: 4711, at: 1_000 },
  output: { type: 'output', dispatchId: sampleDispatchId, stream: 'stdout', offset: 0, text: 'hello\n' },
  result: {
    type: 'result',
    dispatchId: sampleDispatchId,
    epoch: 1,
    state: 'success',
    exitCode: 0,
    signal: null,
    outputs: { rows: '42' },
    startedAt: 1_000,
    endedAt: 2_000,
    logBytes: 6,
    error: null,
  },
  goodbye: { type: 'goodbye', reason: 'stopping' },
};

export const sampleMasterMessages: ByType<MasterMessage> = {
  welcome: {
    type: 'welcome',
    sessionId: 's-1',
    epoch: 1,
    serverId: '01jd0000000000000000000003',
    version: '1.0',
    maxFrameBytes: 1_048_576,
    ackTimeoutMs: 5_000,
    keep: [],
    abandon: [],
  },
  redirect: { type: 'redirect', url: null, retryAfterMs: 1_000 },
  reject: { type: 'reject', code: 'bad_token', text: 'the token is not known' },
  dispatch: {
    type: 'dispatch',
    dispatchId: sampleDispatchId,
    taskInstanceId: '01jd0000000000000000000004' as TaskInstanceId,
    attempt: 1,
    epoch: 1,
    taskName: 'clean',
    taskType: 'shell',
    params: { city: 'Seattle' },
    config: { script: 'echo hello' },
    environment: {},
    outputs: [{ name: 'rows', type: 'integer' }],
    businessTime: 0,
    timezone: 'UTC',
    timeoutMs: null,
  },
  kill: { type: 'kill', dispatchId: sampleDispatchId, reason: 'stopped by a person', graceMs: 5_000 },
  resultAck: { type: 'resultAck', dispatchIds: [sampleDispatchId] },
  outputAck: { type: 'outputAck', dispatchId: sampleDispatchId, offset: 6 },
  heartbeatAck: { type: 'heartbeatAck', seq: 1 },
};
