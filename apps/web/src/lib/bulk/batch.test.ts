/** Cites the invariants of batch.ts. */
import type { BulkItem } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import {
  answered,
  asked,
  type Batch,
  countsOf,
  ended,
  failedIds,
  newBatch,
  nextPart,
  pendingOperations,
} from './batch.ts';
import { keepBatch, readBatch } from './batch-storage.ts';

const looked = (id: string, status: BulkItem['status'] = 'accepted'): BulkItem => ({
  ...{ id, status, workflowName: 'daily', number: 1, state: 'running', reason: status === 'accepted' ? null : 'no' },
  operationId: null,
});
const answer = (items: readonly BulkItem[]) => ({
  ...{ action: 'stop' as const, dryRun: false, items: [...items], nextCursor: null, detail: '' },
});
const outcomes = ({ items }: Batch) => items.map(({ outcome }) => outcome);

describe('a batch', () => {
  it('asks for exactly what the look accepted (1), and tells what became of each', () => {
    const first = newBatch('b', 'stop', 5, [looked('r1'), looked('r2', 'refused'), looked('r3'), looked('r4')]);
    expect(first.items.map(({ id }) => id)).toEqual(['r1', 'r3', 'r4', 'r2']);
    const part = nextPart(first)!;
    expect(part.ids).toEqual(['r1', 'r3', 'r4']);
    const inFlight = asked(first, part);
    expect(outcomes(inFlight)).toEqual(['asking', 'asking', 'asking', 'passed']);
    const told = answered(
      inFlight,
      answer([{ ...looked('r1'), operationId: 'o1' }, { ...looked('r3'), operationId: 'o3' }, looked('r4', 'refused')]),
    );
    expect(outcomes(told)).toEqual(['asked', 'asked', 'refused', 'passed']);
    expect(pendingOperations(told)).toEqual(['o1', 'o3']);
    const end = ended(told, [
      { id: 'o1', state: 'done', outcome: 'done' },
      { id: 'o3', state: 'rejected', outcome: 'it has ended' },
    ]);
    expect(outcomes(end)).toEqual(['done', 'rejected', 'refused', 'passed']);
    expect(failedIds(end)).toEqual(['r3', 'r4']);
    expect(countsOf(end)).toMatchObject({ done: 1, rejected: 1, refused: 1, passed: 1, waiting: 0 });
    expect(nextPart(end)).toBeUndefined();
  });

  it('asks a part again under the same key when no answer came (2)', () => {
    const many = Array.from({ length: 250 }, (_, i) => looked(`r${i}`));
    let batch = newBatch('b', 'stop', 5, many);
    const first = nextPart(batch)!;
    batch = answered(asked(batch, first), answer(many.slice(0, 100)));
    const second = nextPart(batch)!;
    batch = asked(batch, second);
    expect(nextPart(batch)).toEqual(second);
    expect(second.ids).toHaveLength(100);
    expect(second.key).not.toBe(first.key);
    batch = answered(batch, answer(many.slice(100, 199)));
    expect(countsOf(batch)).toMatchObject({ missing: 1, asked: 199, waiting: 50 });
    expect(nextPart(batch)!.ids).toHaveLength(50);
  });
});

describe('what the tab keeps', () => {
  function storageOf(room = Number.POSITIVE_INFINITY) {
    const kept = new Map<string, string>();
    return {
      kept,
      storage: () => ({
        get length() {
          return kept.size;
        },
        key: (at: number) => [...kept.keys()][at] ?? null,
        getItem: (key: string) => kept.get(key) ?? null,
        removeItem: (key: string) => void kept.delete(key),
        setItem(key: string, value: string) {
          const others = [...kept].filter(([one]) => one !== key).reduce((sum, [, text]) => sum + text.length, 0);
          if (others + value.length > room) throw new Error('no room');
          kept.set(key, value);
        },
      }),
    };
  }
  const batch = (id: string) => newBatch(id, 'stop', 5, [looked('r1')]);

  it('is read again as it was; another text is none', () => {
    const { kept, storage } = storageOf();
    expect(keepBatch(storage, batch('a'))).toBe(true);
    expect(readBatch(storage, 'a')).toEqual(batch('a'));
    kept.set('vaquita.bulk.b', '{"id":"b","action":"stop","at":1,"items":[{"id":"r","outcome":"?"}]}');
    for (const id of ['b', 'c']) expect(readBatch(storage, id)).toBeUndefined();
  });

  it('is bounded: the oldest go first, and all others before the newest is lost', () => {
    const { kept, storage } = storageOf();
    for (let i = 10; i < 25; i++) keepBatch(storage, batch(`a${i}`));
    expect(kept.size).toBe(10);
    expect(readBatch(storage, 'a14')).toBeUndefined();
    expect(readBatch(storage, 'a24')).toBeDefined();
    const small = storageOf(JSON.stringify(batch('a1')).length + 10);
    expect([keepBatch(small.storage, batch('a1')), keepBatch(small.storage, batch('a2'))]).toEqual([true, true]);
    expect([...small.kept.keys()]).toEqual(['vaquita.bulk.a2']);
    expect(keepBatch(storageOf(5).storage, batch('a1'))).toBe(false);
  });
});
