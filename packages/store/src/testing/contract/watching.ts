/** The contract of what triggers of the kind `file` know: who looks, and which things are nothing new. */
import {
  type LookProblem,
  type TriggerConfig,
  type TriggerFiringRow,
  type TriggerRow,
  WHOLE_GROUP,
  type WorkflowId,
} from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { LookEnd } from '../../ports/watching.ts';
import { NOTED_AGAIN_MS } from '../../retention/noted.ts';
import type { Subject } from '../store-contract.ts';
import { runId, version, workflow, workflowEvent } from './fixtures.ts';
import { filing, firing, page, starting, trigger, triggerId } from './trigger-fixtures.ts';

const T1 = triggerId('t1');
const config: TriggerConfig = {
  kind: 'file',
  ...{ path: '/in/*.csv', workerGroup: 'etl', everyMs: 60_000, settledMs: 0, mapping: {} },
};
const files = (id: string, more: Partial<TriggerRow> = {}) =>
  trigger(id, { kind: 'file', config, secret: null, ...more });
const read = { id: T1, revision: 1 };

export function describeWatching(subject: Subject): void {
  const join = (watcher: string, revision = 1) =>
    subject.store.watchQueue.join(1, { id: T1, revision }, { watcher, lookedAt: 40 });
  const keysOf = async (keys: readonly string[]) =>
    Object.fromEntries(
      (await subject.store.watching.known(T1, keys)).map((thing) => [thing.key, [thing.knownFrom, thing.seenAt]]),
    );
  const know = (keys: readonly string[], knownFrom: number, at = 50, revision = 1) =>
    subject.store.watchQueue.know(1, { id: T1, revision }, { keys, knownFrom, at });

  describe('who looks for a trigger', () => {
    test('begins once, and anew when the trigger is put online or given another config', async () => {
      const { triggers, watching } = subject.store;
      await subject.lead(1);
      await triggers.create(files('t1'));
      await triggers.create(files('t2'));
      const fresh = { triggerId: T1, since: 1, firstAt: null, lookedAt: 40, problem: null };
      const a = { ...fresh, watcher: 'a', number: 1 };
      expect(await join('a')).toEqual(a);
      expect(await join('a')).toEqual(a);
      expect(await join(WHOLE_GROUP)).toEqual({ ...fresh, watcher: WHOLE_GROUP, number: 2 });
      expect(await join('b', 2)).toBeNull();
      expect((await watching.watchers([T1, triggerId('t2')])).map(({ watcher }) => watcher)).toEqual(['a', '*']);

      await triggers.update(read, { description: 'x', by: 'bob', at: 60 });
      expect((await join('a', 2))?.since).toBe(1);
      await triggers.update({ ...read, revision: 2 }, { config, by: 'bob', at: 60 });
      expect(await join('a', 3)).toEqual({ ...a, since: 3, number: 3 });
      await triggers.setOnline(T1, false, 'bob', 70);
      expect(await join('a', 4)).toBeNull();
      await triggers.setOnline(T1, true, 'bob', 80);
      expect(await triggers.find('t1')).toMatchObject({ revision: 5, cursor: 5 });
      expect(await join('a', 5)).toMatchObject({ since: 5, number: 4 });
    });

    test('has its look put on record, with the firing of the first one in the same unit', async () => {
      const { triggers, watchQueue, watching, firings } = subject.store;
      await subject.lead(1);
      await triggers.create(files('t1'));
      await join('a');
      const end: LookEnd = {
        ...{ trigger: read, watcher: 'a', since: 1, firstAt: 55, lookedAt: 55, problem: null },
        firing: firing('t1', 'first'),
      };
      expect(await watchQueue.looked(1, { ...end, trigger: { ...read, revision: 2 } })).toBe(false);
      expect(await watchQueue.looked(1, { ...end, since: 9 })).toBe(false);
      expect(await watching.watchers([T1])).toMatchObject([{ firstAt: null, lookedAt: 40 }]);
      expect(await firings.list(T1, {}, page)).toMatchObject({ items: [] });
      expect(await watchQueue.looked(1, end)).toBe(true);
      expect(await watching.watchers([T1])).toMatchObject([{ firstAt: 55, lookedAt: 55, problem: null }]);
      // After an answer that was lost.
      expect(await watchQueue.looked(1, { ...end, firing: firing('t1', 'first', { at: 56 }) })).toBe(true);
      expect((await firings.list(T1, {}, page)).items).toEqual([firing('t1', 'first', { at: 56 })]);
      const problem = { code: 'not_found', text: "There is no folder /in 'here'." };
      expect(await watchQueue.looked(1, { ...end, trigger: { ...read, revision: 7 }, problem, firing: null })).toBe(
        true,
      );
      expect(await watching.watchers([T1])).toMatchObject([{ firstAt: 55, problem }]);
    });
  });

  describe('things that a trigger knows', () => {
    test('are known to those who began later and to whom they were known before, and to everybody once acted on', async () => {
      const { triggers, watchQueue, instances, watching } = subject.store;
      await subject.lead(1);
      await triggers.create(files('t1'));
      expect(await know(['a', "b'ü"], 2)).toBe(true);
      expect(await know(['a'], 3, 60)).toBe(true);
      expect(await know(["b'ü"], 1, 61)).toBe(true);
      expect(await know(['c'], 1, 60, 2)).toBe(false);
      expect(await know([], 1)).toBe(true);
      expect(await keysOf(['a', "b'ü", 'c'])).toEqual({ a: [2, 60], "b'ü": [1, 61] });
      const fire = { ...starting('r1'), firing: { ...starting('r1').firing, key: 'a', at: 70 } };
      expect(await watchQueue.fire(1, fire)).toEqual({ answer: 'fired' });
      expect(await instances.find('r1')).toEqual(filing('r1').instance);
      expect(await keysOf(['a'])).toEqual({ a: [0, 70] });
      expect(await watching.knownCounts([T1, triggerId('t9')], 5)).toEqual(new Map([[T1, 2]]));
      expect(await watching.knownCounts([T1], 1)).toEqual(new Map([[T1, 1]]));
    });

    test('start one run, also when the record of the first is gone', async () => {
      const { triggers, watchQueue, master, instances } = subject.store;
      await subject.lead(1);
      await triggers.create(files('t1'));
      expect(await watchQueue.fire(1, starting('r1'))).toEqual({ answer: 'fired' });
      expect(await watchQueue.fire(1, starting('r2'))).toMatchObject({ answer: 'known', firing: { key: 'k' } });
      await master.retention.purge(1, 'firings', { after: null, limit: 9, before: 99 });
      expect(await watchQueue.fire(1, starting('r2'))).toEqual({ answer: 'changed' });
      expect(await instances.find('r2')).toBeUndefined();
    });

    test('are unknown while they are refused', async () => {
      const { triggers, watchQueue, firings } = subject.store;
      await subject.lead(1);
      await triggers.create(files('t1'));
      const refused = { ...starting('r1'), firing: firing('t1', 'k', { outcome: 'refused' }), run: null };
      expect(await watchQueue.fire(1, refused)).toEqual({ answer: 'fired' });
      expect(await keysOf(['k'])).toEqual({});
      expect(await watchQueue.fire(1, starting('r1'))).toEqual({ answer: 'fired' });
      expect(await firings.find(T1, 'k')).toMatchObject({ outcome: 'run', workflowInstanceId: runId('r1') });
    });

    test('go with their trigger and with its workflow', async () => {
      const { triggers, watching, workflows } = subject.store;
      await subject.lead(1);
      await workflows.create(workflow('w2'), version('w2'), workflowEvent('w2'));
      await triggers.create(files('t1'));
      await triggers.create(files('t2', { workflowId: 'w2' as WorkflowId }));
      const t2 = { id: triggerId('t2'), revision: 1 };
      for (const of of [read, t2]) {
        await subject.store.watchQueue.join(1, of, { watcher: 'a', lookedAt: 1 });
        await subject.store.watchQueue.know(1, of, { keys: ['x'], knownFrom: 1, at: 1 });
      }
      await triggers.delete(T1);
      expect((await watching.watchers([T1, t2.id])).map((row) => row.triggerId)).toEqual(['t2']);
      expect(await watching.knownCounts([T1, t2.id], 9)).toEqual(new Map([[t2.id, 1]]));
      await workflows.delete('w2' as WorkflowId, workflowEvent('w2'));
      expect(await watching.watchers([t2.id])).toEqual([]);
      expect(await watching.known(t2.id, ['x'])).toEqual([]);
    });

    test('are forgotten when those who look have looked without seeing them, and who does not look for long is, too', async () => {
      const { triggers, watchQueue, watching, master } = subject.store;
      await subject.lead(1);
      await triggers.create(files('t1'));
      const DAY = NOTED_AGAIN_MS;
      const looks = (watcher: string, lookedAt: number, problem: LookProblem | null = null) =>
        watchQueue.looked(1, { trigger: read, watcher, since: 1, firstAt: 1, lookedAt, problem, firing: null });
      for (const [watcher, lookedAt] of [
        ['gone', 10 * DAY],
        ['here', 100 * DAY],
      ] as const) {
        await join(watcher);
        await looks(watcher, lookedAt);
      }
      await know(['long ago'], 1, 5 * DAY);
      await know(['of the one who is gone'], 1, 9 * DAY);
      await know(['new'], 1, 99 * DAY);
      const purge = (what: 'watchers' | 'things', before: number, limit = 9) =>
        master.retention.purge(1, what, { after: null, limit, before });
      const left = async () => Object.keys(await keysOf(['long ago', 'of the one who is gone', 'new'])).sort();
      expect(await purge('watchers', 9 * DAY)).toMatchObject({ removed: 0 });
      expect(await purge('things', 50 * DAY)).toMatchObject({ removed: 1 });
      expect(await left()).toEqual(['new', 'of the one who is gone']);
      expect(await purge('watchers', 50 * DAY, 1)).toMatchObject({ removed: 1, next: expect.any(String) });
      expect(await purge('watchers', 50 * DAY, 1)).toEqual({ removed: 0, next: null });
      expect((await watching.watchers([T1])).map(({ watcher }) => watcher)).toEqual(['here']);
      const troubled = { code: 'not_allowed', text: 'Part of it may not be read.' };
      await looks('here', 100 * DAY, troubled);
      expect(await purge('things', 50 * DAY)).toEqual({ removed: 0, next: null });
      await looks('here', 100 * DAY);
      expect(await purge('things', 50 * DAY)).toEqual({ removed: 1, next: null });
      expect(await left()).toEqual(['new']);
      expect(await purge('things', 200 * DAY)).toMatchObject({ removed: 0 });
    });
  });

  test('what triggers know of files is not written by who leads no longer', async () => {
    const { triggers, watchQueue, watching } = subject.store;
    await triggers.create(files('t1'));
    await subject.lead(2);
    const noted: TriggerFiringRow = firing('t1', 'first');
    const end = { trigger: read, watcher: 'a', since: 1, firstAt: 1, lookedAt: 1, problem: null, firing: noted };
    const writes = [
      () => join('a'),
      () => know(['x'], 1),
      () => watchQueue.looked(1, end),
      () => watchQueue.fire(1, starting('r1')),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'fenced' });
    expect(await watching.watchers([T1])).toEqual([]);
    expect(await watching.known(T1, ['x', 'k'])).toEqual([]);
  });
}
