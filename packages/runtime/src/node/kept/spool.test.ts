/** What the keeper writes and the agent reads, with files as small as they need be to have many of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { partsAmong } from './spool-format.ts';
import { createSpoolReader, type SpoolReader } from './spool-reader.ts';
import { openSpool, type SpoolOptions } from './spool-writer.ts';

const KEEPER = { pid: 7, startTime: 'boot+7' };
const STARTED = { pid: 8, startTime: 'boot+8' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaquita-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(options: Partial<SpoolOptions> = {}) {
  return openSpool(folder, KEEPER, { partBytes: 200, maxParts: 1_000, retryMs: 1, ...options });
}

interface Read {
  readonly reader: SpoolReader;
  readonly seen: { text: string; streams: string[]; dropped: number[]; started: number };
  room: number;
}

/** A reader that has room for so many pieces each time. */
function read(from = 0, room = Number.POSITIVE_INFINITY): Read {
  const seen = { text: '', streams: [] as string[], dropped: [] as number[], started: 0 };
  const one: Read = {
    seen,
    room,
    reader: createSpoolReader({
      folder,
      from,
      hasRoom: () => one.room > 0,
      onStarted: () => {
        seen.started += 1;
      },
      onOutput(stream, text) {
        one.room -= 1;
        seen.text += text;
        if (seen.streams.at(-1) !== stream) seen.streams.push(stream);
      },
      onDropped: (bytes) => seen.dropped.push(bytes),
    }),
  };
  return one;
}

test('S1: what was printed is read once and in order, however it is cut into files and readings', () => {
  const piece = fc.record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    reads: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.nat({ max: 500 }), (pieces, anywhere) => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      const spool = write();
      spool.started(STARTED, 1);
      const { reader, seen } = read();
      for (const { stream, text, reads } of pieces) {
        expect(spool.add(stream, text)).toBeUndefined();
        if (reads) reader.read();
      }
      reader.read();
      const whole = pieces.map(({ text }) => text).join('');
      expect(seen).toMatchObject({ text: whole, dropped: [], started: 1 });
      expect(reader.position).toBe(spool.bytes);
      reader.close();

      // The next agent begins in the middle: at the end of a character, as notes have it.
      const chars = Array.from(whole);
      const known = chars.slice(0, anywhere % (chars.length + 1)).join('');
      const next = read(Buffer.byteLength(known));
      next.reader.read();
      expect(known + next.seen.text).toBe(whole);
      expect(next.seen).toMatchObject({ dropped: [], started: 1 });
      next.reader.close();
    }),
    { numRuns: 60 },
  );
});

test('a reader without room waits, and goes on where it was', () => {
  const spool = write();
  for (let i = 0; i < 100; i++) void spool.add('stdout', `line ${i}\n`);
  const one = read(0, 1);
  one.reader.read();
  const some = one.seen.text;
  expect(some).toMatch(/^line 0\n/);
  expect(some).not.toContain('line 99\n');
  one.room = Number.POSITIVE_INFINITY;
  one.reader.read();
  expect(one.seen.text).toBe(Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join(''));
});

test('S2: files are removed when they are read and released, all but the first', () => {
  const spool = write();
  for (let i = 0; i < 60; i++) void spool.add('stdout', `line ${i}\n`);
  const parts = partsAmong(readdirSync(folder));
  expect(parts.length).toBeGreaterThan(5);
  const { reader } = read();
  reader.read();
  expect(partsAmong(readdirSync(folder))).toEqual(parts);
  reader.release(reader.position);
  expect(partsAmong(readdirSync(folder))).toEqual([1, parts.at(-1)]);
});

test('S2: files that an agent before this one has read are removed as well', () => {
  const spool = write();
  for (let i = 0; i < 60; i++) void spool.add('stdout', `line ${i}\n`);
  const { reader, seen } = read(spool.bytes - 8);
  reader.read();
  expect(seen.text).toBe('line 59\n');
  reader.release(reader.position);
  expect(partsAmong(readdirSync(folder))).toEqual([1, partsAmong(readdirSync(folder)).at(-1)]);
});

test('W3: what nobody reads is bounded: the beginning and the newest part stay, and what is missing is counted', () => {
  const spool = write({ maxParts: 4 });
  for (let i = 0; i < 500; i++) void spool.add('stdout', `line ${String(i).padStart(3, '0')}\n`);
  expect(partsAmong(readdirSync(folder))).toHaveLength(4);
  const { reader, seen } = read();
  reader.read();
  expect(seen.text).toMatch(/^line 000\n/);
  expect(seen.text).toMatch(/line 499\n$/);
  expect(seen.dropped).toHaveLength(1);
  expect(seen.text.length + seen.dropped[0]!).toBe(spool.bytes);
});

test('W3: what is dropped while somebody reads is counted once, and nothing else is missing', () => {
  const spool = write({ maxParts: 4 });
  const one = read(0, 3);
  for (let i = 0; i < 500; i++) {
    void spool.add('stdout', `line ${String(i).padStart(3, '0')}\n`);
    if (i % 50 === 0) {
      one.room = 3;
      one.reader.read();
    }
  }
  one.room = Number.POSITIVE_INFINITY;
  one.reader.read();
  const dropped = one.seen.dropped.reduce((sum, bytes) => sum + bytes, 0);
  expect(one.seen.text.length + dropped).toBe(spool.bytes);
  expect(one.seen.text).toMatch(/line 499\n$/);
});

test('W1: an attempt is begun once', () => {
  write();
  expect(() => write()).toThrow(/EEXIST/);
});

test('W2: while the disk refuses, whoever adds has to wait, and nothing is lost or torn', async () => {
  let room = 0;
  const spool = write({
    partBytes: 1_000_000,
    write(file, bytes, at) {
      if (room <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      // A disk that fills up takes a part.
      const taken = Math.min(room, bytes.length - at, 11);
      room -= taken;
      return writeSync(file, bytes, at, taken);
    },
  });
  room = 40;
  const waits = [spool.add('stdout', 'größer\n'), spool.add('stdout', 'and more\n'), spool.add('stderr', 'ä\n')];
  expect(waits.some((one) => one !== undefined)).toBe(true);
  const { reader, seen } = read();
  reader.read();
  expect('größer\nand more\nä\n'.startsWith(seen.text)).toBe(true);
  room = 1_000_000;
  await Promise.all(waits);
  reader.read();
  expect(seen.text).toBe('größer\nand more\nä\n');
  expect(seen.streams).toEqual(['stdout', 'stderr']);
});

test('the end comes after everything else, and survives a disk that refuses for a while', async () => {
  const spool = write();
  void spool.add('stdout', 'all of it\n');
  await spool.end({ exitCode: 3, signal: null, endedAt: 5, outputs: null, bytes: spool.bytes });
  expect(JSON.parse(readFileSync(join(folder, 'end.json'), 'utf8'))).toMatchObject({ exitCode: 3, bytes: 10 });
  expect(readdirSync(folder).sort()).toEqual(['end.json', 'output.1']);
});

test('the end of an attempt whose folder is gone is nobody’s business', async () => {
  const spool = write();
  rmSync(folder, { recursive: true });
  await spool.end({ exitCode: 0, signal: null, endedAt: 5, outputs: null, bytes: 0 });
  expect(() => readdirSync(folder)).toThrow();
});

test('a line that is being written is read when it is whole; a damaged one is told', () => {
  const head = `${JSON.stringify({ keeper: KEEPER, at: 0 })}\n`;
  writeFileSync(join(folder, 'output.1'), `${head}{"out":"whole\\n"}\n{"out":"ha`);
  const one = read();
  one.reader.read();
  expect(one.seen.text).toBe('whole\n');
  writeFileSync(join(folder, 'output.1'), 'lf"}\n{"in":1}\n', { flag: 'a' });
  expect(() => one.reader.read()).toThrow(/no line of an output file/);
  expect(one.seen.text).toBe('whole\nhalf');
});
