import { createManualClock } from '@vaquita/core/testing';
import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { followStream, readMessages, type ServerSentEvent } from './server-sent-events.ts';

function streamOf(...chunks: string[]): Response {
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
        controller.close();
      },
    }),
  );
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const unavailable = () => new ApiError({ status: 503, code: 'unavailable', title: 'Not now', detail: '' });

describe('readMessages', () => {
  it('joins data lines and keeps event and id', async () => {
    const response = streamOf('event: log\nid: 7\ndata: one\ndata: two\n\n');
    expect(await collect(readMessages(response))).toEqual([{ event: 'log', id: '7', data: 'one\ntwo' }]);
  });

  it('reads messages that are cut anywhere, also between \\r and \\n', async () => {
    const text = 'event: a\r\ndata: größe\r\n\r\ndata: second\r\n\r\n';
    const bytes = new TextEncoder().encode(text);
    const response = new Response(
      new ReadableStream({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      }),
    );
    expect((await collect(readMessages(response))).map((message) => message.data)).toEqual(['größe', 'second']);
  });

  it('passes over comments, and drops a message that was cut off', async () => {
    const response = streamOf(': heartbeat\n\ndata: whole\n\ndata: cut');
    expect((await collect(readMessages(response))).map((message) => message.data)).toEqual(['whole']);
  });
});

describe('followStream', () => {
  /** Answers each connection from a list, and records from where it was asked to resume. */
  function source(answers: (() => Response | Promise<Response>)[]) {
    const clock = createManualClock();
    const resumedFrom: (string | undefined)[] = [];
    return {
      clock,
      resumedFrom,
      stream: {
        timers: clock,
        open: async (lastEventId: string | undefined) => {
          resumedFrom.push(lastEventId);
          const answer = answers.shift();
          if (!answer) throw unavailable();
          return answer();
        },
        isLast: (message: ServerSentEvent) => message.event === 'end',
        minRetryMs: 100,
        maxRetryMs: 1000,
      },
    };
  }

  it('resumes after the last message it gave out', async () => {
    const { clock, resumedFrom, stream } = source([
      () => streamOf('id: 1\ndata: a\n\n', 'id: 2\ndata: b\n\n'),
      () => streamOf('id: 3\ndata: c\n\n', 'event: end\ndata: \n\n'),
    ]);
    const all = collect(followStream(stream));
    await clock.advance(100);
    expect((await all).map((message) => message.data)).toEqual(['a', 'b', 'c', '']);
    expect(resumedFrom).toEqual([undefined, '2']);
  });

  it('goes on after errors of the server, waiting longer each time', async () => {
    const { clock, resumedFrom, stream } = source([
      () => Promise.reject(unavailable()),
      () => Promise.reject(unavailable()),
      () => streamOf('event: end\ndata: \n\n'),
    ]);
    const all = collect(followStream(stream));
    await clock.advance(100);
    expect(resumedFrom).toHaveLength(2);
    await clock.advance(100);
    expect(resumedFrom).toHaveLength(2);
    await clock.advance(100);
    expect(await all).toHaveLength(1);
  });

  it('waits as long as the server asks', async () => {
    const { clock, resumedFrom, stream } = source([
      () =>
        Promise.reject(
          new ApiError({ status: 429, code: 'too_many_requests', title: '', detail: '', retryAfterMs: 5000 }),
        ),
      () => streamOf('event: end\ndata: \n\n'),
    ]);
    const all = collect(followStream(stream));
    await clock.advance(4999);
    expect(resumedFrom).toHaveLength(1);
    await clock.advance(1);
    expect(await all).toHaveLength(1);
  });

  it('ends with an error that another try would not change', async () => {
    const { stream } = source([
      () =>
        Promise.reject(new ApiError({ status: 404, code: 'not_found', title: 'Not found', detail: 'No such task' })),
    ]);
    await expect(collect(followStream(stream))).rejects.toThrow('No such task');
  });

  it('gives up a connection on which nothing is heard', async () => {
    const clock = createManualClock();
    const resumedFrom: (string | undefined)[] = [];
    const stream = {
      timers: clock,
      silenceMs: 1000,
      minRetryMs: 100,
      isLast: (message: ServerSentEvent) => message.event === 'end',
      open: async (lastEventId: string | undefined, signal: AbortSignal) => {
        resumedFrom.push(lastEventId);
        if (resumedFrom.length > 1) return streamOf('event: end\ndata: \n\n');
        return new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode('id: 9\ndata: a\n\n'));
              signal.addEventListener('abort', () => controller.error(signal.reason));
            },
          }),
        );
      },
    };
    const all = collect(followStream(stream));
    await clock.advance(999);
    expect(resumedFrom).toEqual([undefined]);
    await clock.advance(200);
    expect(await all).toHaveLength(2);
    expect(resumedFrom).toEqual([undefined, '9']);
  });

  it('stops without a word when it is told to', async () => {
    const stop = new AbortController();
    const { clock, stream } = source([() => streamOf('data: a\n\n')]);
    const all = collect(followStream(stream, { signal: stop.signal }));
    await clock.advance(10);
    stop.abort();
    expect(await all).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
