import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutputBuffer, type OutputBuffer, type OutputChunk } from './output-buffer.ts';

function drain(buffer: OutputBuffer): OutputChunk[] {
  const chunks: OutputChunk[] = [];
  for (let chunk = buffer.take(); chunk !== null; chunk = buffer.take()) chunks.push(chunk);
  return chunks;
}

/** What a log store makes of chunks that may come more than once. Fails on a hole. */
function store(log: string, chunks: readonly OutputChunk[]): string {
  let bytes = Buffer.from(log);
  for (const { offset, text } of chunks) {
    expect(offset).toBeLessThanOrEqual(bytes.length);
    const next = Buffer.from(text);
    expect(
      bytes.subarray(offset, offset + next.length).equals(next.subarray(0, Math.max(0, bytes.length - offset))),
    ).toBe(true);
    bytes = Buffer.concat([
      bytes.subarray(0, Math.max(bytes.length, offset)),
      next.subarray(Math.max(0, bytes.length - offset)),
    ]);
  }
  return bytes.toString();
}

test('what fits comes out whole, in order, with byte offsets', () => {
  const buffer = createOutputBuffer();
  buffer.write('stdout', 'größer\n');
  buffer.write('stderr', 'a');
  expect(drain(buffer)).toEqual([
    { stream: 'stdout', offset: 0, text: 'größer\n' },
    { stream: 'stderr', offset: 9, text: 'a' },
  ]);
  expect(buffer.logBytes).toBe(10);
});

test('chunks are cut below the limit and never through a character', () => {
  const buffer = createOutputBuffer({ maxBytes: 10_000_000 });
  const text = '😀'.repeat(100_000);
  buffer.write('stdout', `x${text}`);
  const chunks = drain(buffer);
  for (const chunk of chunks) expect(Buffer.byteLength(chunk.text)).toBeLessThanOrEqual(65_536);
  expect(chunks.map((chunk) => chunk.text).join('')).toBe(`x${text}`);
});

test('B2: a full buffer keeps its beginning and its end, and says how much is missing', () => {
  const buffer = createOutputBuffer({ maxBytes: 400_000 });
  for (let i = 0; i < 100; i++) buffer.write('stdout', `${String(i).padStart(3, '0')}${'x'.repeat(9_996)}\n`);
  expect(buffer.heldBytes).toBeLessThanOrEqual(400_000 + 65_536);
  const log = store('', drain(buffer));
  expect(log).toMatch(/^000x/);
  expect(log).toContain('\n099x');
  const dropped = Number(/\[(\d+) bytes of output were dropped/.exec(log)?.[1]);
  const marker = /\n\[\d+ bytes[^\n]*\n/.exec(log)![0];
  expect(dropped + log.length - marker.length).toBe(1_000_000);
  expect(buffer.logBytes).toBe(Buffer.byteLength(log));
});

test('B1: any order of writes, sendings, acknowledgements and reconnects gives one log without holes', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('write' as const), text: fc.string({ unit: 'binary', maxLength: 400 }) }),
    fc.record({ do: fc.constant('send' as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.constant({ do: 'acknowledge' as const }),
    fc.constant({ do: 'reconnect' as const }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = createOutputBuffer({ maxBytes: 1_000 });
      let log = '';
      for (const one of steps) {
        if (one.do === 'write') buffer.write('stdout', one.text);
        if (one.do === 'send') {
          for (let i = 0; i < one.count; i++) {
            const chunk = buffer.take();
            if (chunk !== null) log = store(log, [chunk]);
          }
        }
        if (one.do === 'acknowledge') buffer.acknowledged(Buffer.byteLength(log));
        if (one.do === 'reconnect') buffer.rewind();
      }
      buffer.rewind();
      log = store(log, drain(buffer));
      expect(Buffer.byteLength(log)).toBe(buffer.logBytes);
    }),
  );
});

test('B1: what is settled is sent as it was settled, also by the next agent', () => {
  const buffer = createOutputBuffer({ maxBytes: 1_000 });
  buffer.write('stdout', 'stored\n');
  buffer.take();
  buffer.write('stderr', 'sent\n');
  buffer.take();
  buffer.acknowledged(7);
  for (let i = 0; i < 100; i++) buffer.write('stdout', `${i} größer ${'x'.repeat(50)}\n`);
  buffer.write('system', 'the end\n');
  const settled = buffer.settle();
  expect(settled[0]).toEqual({ stream: 'stderr', offset: 7, text: 'sent\n' });
  expect(settled.at(-1)!.text).toContain('the end\n');
  buffer.rewind();
  expect(drain(buffer)).toEqual(settled);
  const next = createOutputBuffer({ maxBytes: 1_000, placed: settled.map((chunk) => ({ ...chunk, printed: 0 })) });
  expect(drain(next)).toEqual(settled);
  expect(next.heldBytes).toBe(buffer.heldBytes);
});
