/** P3 over restarts: which dispatches were taken, read back by the next agent. */
import type { DispatchId } from '@vaquita/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type DispatchJournal, openDispatchJournal } from './dispatch-journal.ts';
import { type MemoryFile, memoryFile } from './testing/memory-file.ts';
import { silentLog } from './testing/test-agent.ts';

const open = (file: MemoryFile, options: { realm?: string; forgetsEpoch?: boolean; maxDone?: number } = {}) =>
  openDispatchJournal({ file, realm: 'here', forgetsEpoch: false, log: silentLog, ...options });
const id = (name: string | number) => `d${name}` as DispatchId;
const pendingOf = (journal: DispatchJournal) => journal.pending().map(({ dispatchId }) => dispatchId);

it('the next agent knows what was accepted, what is done and the highest epoch', () => {
  const file = memoryFile();
  const journal = open(file);
  journal.accept([
    { dispatchId: id(1), epoch: 3 },
    { dispatchId: id(2), epoch: 4 },
  ]);
  journal.seeEpoch(4);
  journal.done([id(1)]);
  const next = open(file);
  expect(next.pending()).toEqual([{ dispatchId: id(2), epoch: 4 }]);
  expect([next.isDone(id(1)), next.isDone(id(2)), next.isDone(id(3))]).toEqual([true, false, false]);
  expect(next.highestEpoch).toBe(4);
});

it('D3: an epoch counts for the servers that it was seen of, and until it is forgotten', () => {
  const file = memoryFile();
  open(file).seeEpoch(9);
  expect(open(file, { realm: 'there' }).highestEpoch).toBe(0);
  expect(open(file).highestEpoch).toBe(9);
  const forgetful = open(file, { forgetsEpoch: true });
  expect(forgetful.highestEpoch).toBe(0);
  forgetful.seeEpoch(2);
  expect(open(file).highestEpoch).toBe(2);
});

it('D1: what the disk refuses is not accepted; what is done is written with the next one', () => {
  const file = memoryFile();
  const journal = open(file);
  journal.accept([{ dispatchId: id(1), epoch: 1 }]);
  file.room = 3;
  expect(() => journal.accept([{ dispatchId: id(2), epoch: 1 }])).toThrow(/no space/);
  journal.done([id(1)]);
  expect(pendingOf(open({ ...memoryFile(), read: () => file.text }))).toEqual([id(1)]);
  file.room = Number.POSITIVE_INFINITY;
  journal.accept([{ dispatchId: id(3), epoch: 1 }]);
  const next = open(file);
  expect(pendingOf(next)).toEqual([id(3)]);
  expect(next.isDone(id(1))).toBe(true);
});

it('a torn last line was promised to nobody; damaged ones are left out, and nothing else', () => {
  const file = memoryFile();
  file.text = 'a d1 1\nd d2\nwhat is this\ne 5 here\na d3 x\na d4 2\na d5';
  const journal = open(file);
  expect(pendingOf(journal)).toEqual([id(1), id(4)]);
  expect(journal.highestEpoch).toBe(5);
  journal.accept([{ dispatchId: id(6), epoch: 5 }]);
  const next = open(file);
  expect(pendingOf(next)).toEqual([id(1), id(4), id(6)]);
  expect([next.isDone(id(2)), next.highestEpoch]).toEqual([true, 5]);
  expect(file.text).not.toContain('what');
});

it('D2: the file is bounded by what is pending and the newest of what is done', () => {
  const file = memoryFile();
  const journal = open(file, { maxDone: 10 });
  journal.accept([{ dispatchId: id('long'), epoch: 1 }]);
  for (let i = 0; i < 1_000; i++) {
    journal.accept([{ dispatchId: id(i), epoch: 1 }]);
    journal.done([id(i)]);
    expect(file.text!.split('\n').length).toBeLessThan(70);
  }
  const next = open(file, { maxDone: 10 });
  expect(pendingOf(next)).toEqual([id('long')]);
  for (let i = 990; i < 1_000; i++) expect(next.isDone(id(i))).toBe(true);
});

it('killed at any moment, at any fullness of the disk: what was accepted and not done is pending', () => {
  const step = fc.record({
    do: fc.constantFrom('accept' as const, 'done' as const, 'kill' as const, 'fill' as const, 'free' as const),
    nth: fc.nat({ max: 9 }),
    room: fc.nat({ max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const file = memoryFile();
      let journal = open(file, { maxDone: 4 });
      let made = 0;
      /** Those that the outbox would still have: their end may be told twice, never not at all. */
      const pending = new Set<DispatchId>();
      for (const one of steps) {
        if (one.do === 'fill') file.room = one.room;
        if (one.do === 'free') file.room = Number.POSITIVE_INFINITY;
        if (one.do === 'kill') journal = open(file, { maxDone: 4 });
        if (one.do === 'accept') {
          const dispatchId = id(made++);
          try {
            journal.accept([{ dispatchId, epoch: 1 }]);
            pending.add(dispatchId);
          } catch {
            // It was refused, and is not run.
          }
        }
        if (one.do === 'done') {
          const dispatchId = [...pending][one.nth % Math.max(1, pending.size)];
          if (dispatchId === undefined) continue;
          journal.done([dispatchId]);
          pending.delete(dispatchId);
        }
      }
      expect(pendingOf(open(file, { maxDone: 4 }))).toEqual(expect.arrayContaining([...pending]));
    }),
  );
});
