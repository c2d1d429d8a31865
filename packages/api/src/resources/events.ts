/** Events as views, and /stream: what happens, as it happens, resumable. */
import { AppError, type WorkflowInstanceId } from '@vaquita/core';
import type { EventRow } from '@vaquita/store';
import * as z from 'zod';
import { authenticate } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, rawEndpoint } from '../http/endpoint.ts';
import { eventStreamResponse, type StreamMessage } from '../http/event-stream.ts';
import type { EventView } from '../views/event.ts';
import { isoTime } from './paging.ts';

const BATCH = 200;
/** How long a hint may be missed: events of other processes come without one. */
export const STREAM_POLL_MS = 1_000;
export const STREAM_HEARTBEAT_MS = 15_000;

export function toEventView(row: EventRow): EventView {
  const { seq, type, projectId, workflowInstanceId, taskInstanceId } = row;
  return { seq, type, at: isoTime(row.at), projectId, workflowInstanceId, taskInstanceId, data: { ...row.data } };
}

const StreamQuery = z.object({
  workflowInstanceId: z.string().optional().meta({ description: 'Only events of this run' }),
  projectId: z.string().optional().meta({ description: 'Only events of this project' }),
});

export function streamEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, clock } = deps;
  return [
    rawEndpoint({
      method: 'get',
      path: '/api/v1/stream',
      tag: 'Live',
      access: 'view',
      summary: 'Follow events (server-sent events)',
      description:
        'Begins with a message `open` that holds the position; then one message `event` per event, with its `seq` as ' +
        'the id. Send `Last-Event-ID` to go on after an event; without it the stream begins now.',
      query: StreamQuery,
      status: 200,
      contentType: 'text/event-stream',
      async respond({ query, raw }) {
        const resumed = readLastEventId(raw);
        let seq = resumed ?? (await store.events.latestSeq());
        const opening: StreamMessage = { event: 'open', id: seq, data: { seq, resumed: resumed !== undefined } };
        let opened = false;
        return eventStreamResponse({
          clock,
          signal: raw.signal,
          pollMs: STREAM_POLL_MS,
          heartbeatMs: STREAM_HEARTBEAT_MS,
          subscribe: (wake) => deps.changes.subscribe(wake),
          stillAllowed: () =>
            authenticate(raw, deps).then(
              () => true,
              () => false,
            ),
          onError: (cause) => deps.log.error('event stream failed', { cause }),
          async produce() {
            if (!opened) {
              opened = true;
              return { messages: [opening], next: 'again' };
            }
            const rows = await store.events.after(seq, {
              limit: BATCH,
              ...(query.workflowInstanceId === undefined
                ? {}
                : { workflowInstanceId: query.workflowInstanceId as WorkflowInstanceId }),
            });
            seq = rows.at(-1)?.seq ?? seq;
            const messages = rows
              .filter((row) => query.projectId === undefined || row.projectId === query.projectId)
              .map((row) => ({ event: 'event', id: row.seq, data: toEventView(row) }));
            return { messages, next: rows.length === BATCH ? 'again' : 'wait' };
          },
        });
      },
    }),
  ];
}

/** The id of the last message a reader has. @throws AppError `bad_request` when it is not one of ours. */
export function readLastEventId(raw: Request): number | undefined {
  const text = raw.headers.get('last-event-id');
  if (text === null || text === '') return undefined;
  const id = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new AppError('bad_request', 'Last-Event-ID must be the id of a message of this stream.');
}
