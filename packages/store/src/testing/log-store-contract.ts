/** What every log store must do. An implementation passes by calling `describeLogStoreContract` from a test of its own. */
import { createIdSource, type TaskInstanceId } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogStore } from '../ports/api.ts';

export interface OpenedLogStore {
  readonly logs: LogStore;
  close(): Promise<void>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder('utf-8', { fatal: true }).decode(data);

export function describeLogStoreContract(name: string, open: () => Promise<OpenedLogStore>): void {
  describe(`log store contract: ${name}`, () => {
    const ids = createIdSource(createManualClock(1), createSeededRandom(1));
    let opened: OpenedLogStore;
    let logs: LogStore;
    let id: TaskInstanceId;
    const whole = async () => text((await logs.read(id, 0, 1_000_000)).bytes);

    beforeEach(async () => {
      opened = await open();
      logs = opened.logs;
      id = ids.next<'task-instance'>();
    });
    afterEach(() => opened.close());

    test('a log that nobody wrote is empty', async () => {
      expect(await logs.size(id)).toBe(0);
      const { bytes, size } = await logs.read(id, 0, 10);
      expect([bytes.length, size]).toEqual([0, 0]);
    });

    test('keeps each byte once, however often and with whatever overlap it is told', async () => {
      expect(await logs.append(id, 0, bytes('hello '))).toBe(6);
      expect(await logs.append(id, 0, bytes('hello '))).toBe(6);
      expect(await logs.append(id, 2, bytes('llo'))).toBe(6);
      expect(await logs.append(id, 3, bytes('lo world'))).toBe(11);
      expect(await logs.append(id, 11, bytes(''))).toBe(11);
      expect(await whole()).toBe('hello world');
    });

    test.each([1, 2, 9, 30, 31, 32, 33, 34, 35, 100, 5_000])(
      'marks %i lost bytes with as many, so that later offsets fit',
      async (lost) => {
        await logs.append(id, 0, bytes('start'));
        expect(await logs.append(id, 5 + lost, bytes('end'))).toBe(8 + lost);
        const all = await whole();
        expect(all.slice(0, 5)).toBe('start');
        expect(all.slice(5 + lost)).toBe('end');
        if (lost >= 35) expect(all).toContain(`[${lost} bytes of output were lost]`);
      },
    );

    test('appends of one log keep their order, however they are awaited', async () => {
      const lines = Array.from({ length: 100 }, (_, i) => `line ${i}\n`);
      let offset = 0;
      const appended = lines.map((line) => {
        const at = offset;
        offset += line.length;
        return logs.append(id, at, bytes(line));
      });
      await Promise.all(appended);
      expect(await whole()).toBe(lines.join(''));
    });

    test('many logs do not mix', async () => {
      const many = Array.from({ length: 300 }, () => ids.next<'task-instance'>());
      for (const round of [0, 1]) await Promise.all(many.map((one) => logs.append(one, round * 26, bytes(one))));
      for (const one of many) expect(text((await logs.read(one, 0, 100)).bytes)).toBe(one + one);
    });

    test('reads of any length, put together, give the log back; none ends within a character', async () => {
      const content = 'aä€🐄z'.repeat(40);
      await logs.append(id, 0, bytes(content));
      for (const limit of [4, 5, 7, 64]) {
        let offset = 0;
        let all = '';
        while (offset < (await logs.size(id))) {
          const part = await logs.read(id, offset, limit);
          expect(part.bytes.length).toBeLessThanOrEqual(limit);
          expect(part.bytes.length).toBeGreaterThan(0);
          expect(part.size).toBe(bytes(content).length);
          all += text(part.bytes);
          offset += part.bytes.length;
        }
        expect(all).toBe(content);
      }
      expect((await logs.read(id, 1_000_000, 10)).bytes).toHaveLength(0);
    });

    test('tells who watches of each growth, and of nothing else', async () => {
      let grown = 0;
      const stop = logs.watch(id, () => {
        grown += 1;
      });
      await logs.append(id, 0, bytes('one'));
      await logs.append(id, 0, bytes('one'));
      await logs.append(ids.next<'task-instance'>(), 0, bytes('other'));
      expect(grown).toBe(1);
      await logs.append(id, 3, bytes('two'));
      expect(grown).toBe(2);
      stop();
      await logs.append(id, 6, bytes('three'));
      expect(grown).toBe(2);
    });

    test('names whom it has logs of, each once', async () => {
      const owners = async () => {
        const all: string[] = [];
        for await (const some of logs.owners()) all.push(...some);
        return all.sort();
      };
      expect(await owners()).toEqual([]);
      const others = Array.from({ length: 3 }, () => ids.next<'task-instance'>());
      for (const owner of [id, ...others]) await logs.append(owner, 0, bytes('x'.repeat(40_000)));
      for (const owner of [id, ...others]) await logs.append(owner, 40_000, bytes('more'));
      expect(await owners()).toEqual([id, ...others]);
      await logs.delete(others);
      expect(await owners()).toEqual([id]);
    });

    test('a deleted log is gone and can begin anew; deleting one that is not there is no error', async () => {
      const other = ids.next<'task-instance'>();
      await logs.append(id, 0, bytes('old'));
      await logs.append(other, 0, bytes('stays'));
      await logs.delete([id, ids.next<'task-instance'>()]);
      expect(await logs.size(id)).toBe(0);
      expect(await logs.size(other)).toBe(5);
      await logs.append(id, 0, bytes('new'));
      expect(await whole()).toBe('new');
    });
  });
}
