/**
 * One schema per message: the door between bytes and typed messages. Unknown fields are dropped, so that a newer
 * minor version may add some; `schemas.test.ts` holds each schema equal to its type in `messages.ts`.
 */
import type { DispatchId, TaskInstanceId, WorkerId } from '@vaquita/core';
import * as z from 'zod/mini';
import {
  MAX_LOOK_PATH_CHARS,
  MAX_LOOKED_ENTRIES,
  MAX_SESSION_TIMEOUT_MS,
  MAX_SLOTS,
  MAX_WEIGHT,
  MIN_HEARTBEAT_INTERVAL_MS,
} from './constants.ts';
import { LOG_LEVELS } from './worker-messages.ts';

/** Ids name files on the worker, so nothing that a path could mean is let in. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Names of workers and groups, as the definition schema and the command line allow them. */
const NAME_MAX = 128;

const dispatchId = z.custom<DispatchId>((value) => typeof value === 'string' && ID.test(value), 'must be an id');
const taskInstanceId = z.custom<TaskInstanceId>(
  (value) => typeof value === 'string' && ID.test(value),
  'must be an id',
);
const workerId = z.custom<WorkerId>((value) => typeof value === 'string' && ID.test(value), 'must be an id');
const count = z.int().check(z.gte(0));
const time = z.int().check(z.gte(0));
const share = z.number().check(z.gte(0), z.lte(1));
const fraction = z.nullable(share);
const name = z.string().check(z.minLength(1), z.maxLength(NAME_MAX));
const texts = z.record(z.string(), z.string());
const logLevel = z.enum(LOG_LEVELS);
const lookId = z.string().check(z.regex(ID));
const lookPath = z.string().check(z.minLength(1), z.maxLength(MAX_LOOK_PATH_CHARS));

const hello = z
  .object({
    type: z.literal('hello'),
    versions: z.array(z.string()).check(z.minLength(1), z.maxLength(16)),
    workerId,
    token: z.string().check(z.maxLength(4096)),
    name,
    groups: z.array(name).check(z.minLength(1), z.maxLength(64)),
    labels: texts,
    weight: z.number().check(z.gt(0), z.lte(MAX_WEIGHT)),
    slots: z.int().check(z.gte(1), z.lte(MAX_SLOTS)),
    heartbeatIntervalMs: z.int().check(z.gte(MIN_HEARTBEAT_INTERVAL_MS)),
    sessionTimeoutMs: z.int().check(z.lte(MAX_SESSION_TIMEOUT_MS)),
    agentVersion: z.string(),
    runtime: z.string(),
    host: z.string(),
    taskTypes: z.array(name),
    running: z.array(z.object({ dispatchId, epoch: count, state: z.enum(['accepted', 'started']) })),
    unsent: z.array(z.object({ dispatchId, epoch: count, logBytes: z.optional(count) })),
    instance: z.optional(z.string().check(z.regex(ID))),
    draining: z.optional(z.boolean()),
    at: z.optional(time),
  })
  .check(
    z.refine((value) => value.sessionTimeoutMs > value.heartbeatIntervalMs, {
      path: ['sessionTimeoutMs'],
      message: 'must be longer than heartbeatIntervalMs',
    }),
  );

export const workerSchemas = {
  hello,
  heartbeat: z.object({
    type: z.literal('heartbeat'),
    seq: count,
    cpu: fraction,
    memory: fraction,
    disk: fraction,
    load: z.number().check(z.gte(0)),
    loopLagMs: z.number().check(z.gte(0)),
    slotsUsed: count,
    running: z.array(dispatchId),
    unsent: z.optional(count),
    roundTripMs: z.optional(z.nullable(z.number().check(z.gte(0)))),
    overload: z.optional(
      z.nullable(z.object({ cpu: z.optional(share), memory: z.optional(share), disk: z.optional(count) })),
    ),
    at: z.optional(time),
  }),
  ack: z.object({ type: z.literal('ack'), dispatchId }),
  refuse: z.object({
    type: z.literal('refuse'),
    dispatchId,
    reason: z.enum(['no_slot', 'draining', 'overloaded', 'stale_epoch', 'unknown_type', 'duplicate', 'bad_dispatch']),
    text: z.string(),
  }),
  started: z.object({
    type: z.literal('started'),
    dispatchId,
    processId: z.nullable(count),
    at: time,
    logPath: z.optional(z.nullable(z.string().check(z.maxLength(4096)))),
  }),
  output: z.object({
    type: z.literal('output'),
    dispatchId,
    stream: z.enum(['stdout', 'stderr', 'system']),
    offset: count,
    text: z.string(),
  }),
  result: z.object({
    type: z.literal('result'),
    dispatchId,
    epoch: count,
    state: z.enum(['success', 'failure', 'killed', 'timeout', 'lost', 'interrupted']),
    exitCode: z.nullable(z.int()),
    signal: z.nullable(z.string().check(z.regex(/^[A-Z0-9+]{1,20}$/))),
    outputs: texts,
    startedAt: z.nullable(time),
    endedAt: time,
    logBytes: count,
    error: z.nullable(z.string()),
    applicationIds: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(256))).check(z.maxLength(1_000))),
    oom: z.optional(z.boolean()),
    usage: z.optional(z.nullable(z.object({ cpuMs: z.nullable(count), maxRssBytes: z.nullable(count) }))),
  }),
  drainStatus: z.object({
    type: z.literal('drainStatus'),
    draining: z.boolean(),
    slots: count,
    labels: texts,
    logLevel: z.nullable(logLevel),
    running: z.array(dispatchId),
    unsent: count,
  }),
  looked: z.object({
    type: z.literal('looked'),
    lookId,
    entries: z
      .array(
        z.object({
          path: lookPath,
          size: count,
          modifiedAt: z.nullable(z.int()),
          etag: z.nullable(z.string().check(z.minLength(1), z.maxLength(1_024))),
        }),
      )
      .check(z.maxLength(MAX_LOOKED_ENTRIES)),
    isEnd: z.boolean(),
    problem: z.nullable(z.string().check(z.maxLength(8_192))),
    code: z.nullable(z.string().check(z.maxLength(64))),
  }),
  goodbye: z.object({ type: z.literal('goodbye'), reason: z.string(), running: z.optional(z.array(dispatchId)) }),
};

export const masterSchemas = {
  welcome: z.object({
    type: z.literal('welcome'),
    sessionId: z.string().check(z.minLength(1)),
    epoch: count,
    serverId: z.string(),
    version: z.string(),
    maxFrameBytes: z.int().check(z.gte(1024)),
    ackTimeoutMs: z.int().check(z.gt(0)),
    keep: z.array(dispatchId),
    abandon: z.array(dispatchId),
    at: z.optional(time),
  }),
  redirect: z.object({ type: z.literal('redirect'), url: z.nullable(z.string()), retryAfterMs: count }),
  reject: z.object({
    type: z.literal('reject'),
    code: z.enum(['bad_token', 'revoked', 'evicted', 'version_unsupported', 'name_in_use', 'bad_hello']),
    text: z.string(),
  }),
  dispatch: z.object({
    type: z.literal('dispatch'),
    dispatchId,
    taskInstanceId,
    attempt: z.int().check(z.gte(1)),
    epoch: count,
    taskName: z.string(),
    taskType: z.string(),
    params: texts,
    config: z.record(z.string(), z.unknown()),
    environment: texts,
    secrets: z.optional(texts),
    outputs: z.array(z.object({ name: z.string().check(z.minLength(1)), type: z.string() })),
    files: z.optional(z.array(z.string())),
    businessTime: z.int(),
    timezone: z.string(),
    timeoutMs: z.nullable(z.int().check(z.gt(0))),
  }),
  kill: z.object({ type: z.literal('kill'), dispatchId, reason: z.string(), graceMs: count }),
  takeOver: z.object({ type: z.literal('takeOver'), epoch: count, dispatchIds: z.array(dispatchId) }),
  echo: z.object({ type: z.literal('echo'), nonce: dispatchId }),
  drain: z.object({ type: z.literal('drain'), reason: z.string() }),
  resume: z.object({ type: z.literal('resume') }),
  configure: z.object({
    type: z.literal('configure'),
    slots: z.optional(z.int().check(z.gte(1), z.lte(MAX_SLOTS))),
    labels: z.optional(texts),
    logLevel: z.optional(z.nullable(logLevel)),
  }),
  fault: z.object({ type: z.literal('fault'), code: z.string(), text: z.string(), dispatchId: z.nullable(dispatchId) }),
  look: z.object({
    type: z.literal('look'),
    lookId,
    path: lookPath,
    after: z.nullable(lookPath),
    limit: z.int().check(z.gte(1), z.lte(MAX_LOOKED_ENTRIES)),
    timeoutMs: z.int().check(z.gt(0)),
  }),
  resultAck: z.object({ type: z.literal('resultAck'), dispatchIds: z.array(dispatchId) }),
  outputAck: z.object({ type: z.literal('outputAck'), dispatchId, offset: count }),
  heartbeatAck: z.object({ type: z.literal('heartbeatAck'), seq: count }),
};
