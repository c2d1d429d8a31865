/** /task-instances: one attempt of one task, and its log. */
import { isTaskTerminal, type TaskInstanceRow } from '@vaquita/core';
import * as z from 'zod';
import { authenticate } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { eventStreamResponse, type Produced } from '../http/event-stream.ts';
import { toTaskInstanceView } from '../runs/instance-view.ts';
import { readLog } from '../runs/log-reader.ts';
import { LogChunk, TaskInstanceView } from '../views/task-instance.ts';
import { readLastEventId, STREAM_HEARTBEAT_MS, STREAM_POLL_MS } from './events.ts';
import { requireTask } from './lookup.ts';

const TAG = 'Tasks';
const ITEM = '/api/v1/task-instances/{id}';
const DEFAULT_LOG_BYTES = 64 * 1024;
const MAX_LOG_BYTES = 1024 * 1024;
const STREAM_LOG_BYTES = 64 * 1024;
const DOWNLOAD_LOG_BYTES = 256 * 1024;
/** The worker sends output before the result, but the log store may write it a moment later. */
const LATE_OUTPUT_MS = 3_000;

const Offset = z.coerce.number().int().default(0).meta({ description: 'Byte offset; negative counts from the end' });
const LogQuery = z.object({
  offset: Offset,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LOG_BYTES)
    .default(DEFAULT_LOG_BYTES)
    .meta({
      description: `Bytes at most (1 to ${MAX_LOG_BYTES})`,
    }),
});
const LogStreamQuery = z.object({ offset: Offset });

export function taskInstanceEndpoints(deps: ApiDeps): readonly Endpoint[] {
  return [...detailEndpoints(deps), ...logEndpoints(deps)];
}

function detailEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a task instance',
      status: 200,
      answer: TaskInstanceView,
      handle: async ({ params }) => toTaskInstanceView(await requireTask(store, params.id)),
    }),
  ];
}

function logEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, logs } = deps;
  return [
    endpoint({
      method: 'get',
      path: `${ITEM}/log`,
      tag: TAG,
      access: 'view',
      summary: 'A part of the log',
      query: LogQuery,
      status: 200,
      answer: LogChunk,
      handle: async ({ params, query }) => readLog(logs, await requireTask(store, params.id), query),
    }),
    rawEndpoint({
      method: 'get',
      path: `${ITEM}/log/stream`,
      tag: TAG,
      access: 'view',
      summary: 'Follow the log (server-sent events)',
      description:
        'Messages `log` hold a LogChunk; their id is the byte offset to resume from with `Last-Event-ID`. The stream ' +
        'ends with a message `end` when the task has ended and all of its log was sent.',
      query: LogStreamQuery,
      status: 200,
      contentType: 'text/event-stream',
      async respond({ params, query, raw }) {
        const task = await requireTask(store, params.id);
        return eventStreamResponse({
          clock: deps.clock,
          signal: raw.signal,
          pollMs: STREAM_POLL_MS,
          heartbeatMs: STREAM_HEARTBEAT_MS,
          subscribe(wake) {
            const stops = [logs.watch(task.id, wake), deps.changes.subscribe(wake)];
            return () => {
              for (const stop of stops) stop();
            };
          },
          stillAllowed: () =>
            authenticate(raw, deps).then(
              () => true,
              () => false,
            ),
          onError: (cause) => deps.log.error('log stream failed', { cause, taskInstanceId: task.id }),
          produce: createLogProducer(deps, task, readLastEventId(raw) ?? query.offset),
        });
      },
    }),
    rawEndpoint({
      method: 'get',
      path: `${ITEM}/log/download`,
      tag: TAG,
      access: 'view',
      summary: 'The whole log as a text file',
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      async respond({ params }) {
        const task = await requireTask(store, params.id);
        const fileName = encodeURIComponent(`${task.name}-${task.attempt}.log`);
        return new Response(downloadStream(deps, task), {
          headers: {
            'content-type': 'text/plain; charset=utf-8',
            'content-disposition': `attachment; filename*=UTF-8''${fileName}`,
            'cache-control': 'no-store',
            'x-content-type-options': 'nosniff',
          },
        });
      },
    }),
  ];
}

/** Gives the log from an offset on; ends when the task has ended and nothing of its log is still on its way. */
function createLogProducer({ store, logs, clock }: ApiDeps, first: TaskInstanceRow, from: number) {
  let offset = from;
  let endedAt: number | undefined;
  return async (): Promise<Produced> => {
    // The state is read before the log: output that comes before the end is then certainly seen.
    const task = (await store.instances.task(first.id)) ?? first;
    const chunk = await readLog(logs, task, { offset, limit: STREAM_LOG_BYTES });
    if (chunk.nextOffset > chunk.offset) {
      offset = chunk.nextOffset;
      return { messages: [{ event: 'log', id: chunk.nextOffset, data: chunk }], next: 'again' };
    }
    if (!isTaskTerminal(task.state)) return { messages: [], next: 'wait' };
    endedAt ??= clock.now();
    const complete = chunk.size >= task.logBytes || Math.abs(clock.now() - endedAt) >= LATE_OUTPUT_MS;
    if (!complete) return { messages: [], next: 'wait' };
    return { messages: [{ event: 'end', id: chunk.size, data: { state: task.state, size: chunk.size } }], next: 'end' };
  };
}

function downloadStream({ logs, log }: ApiDeps, task: TaskInstanceRow): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { bytes } = await logs.read(task.id, offset, DOWNLOAD_LOG_BYTES);
        if (bytes.length === 0) return controller.close();
        offset += bytes.length;
        controller.enqueue(bytes);
      } catch (cause) {
        log.error('log download failed', { cause, taskInstanceId: task.id });
        controller.error(new Error('The log could not be read to its end.'));
      }
    },
  });
}
