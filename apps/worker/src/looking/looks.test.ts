/** L1–L3 (P11), with a disk and servers that do what a test wants of them. */
import { createManualClock } from '@vaquita/core/testing';
import { MAX_WAITING_LOOKS, type MasterLook, type WorkerLooked } from '@vaquita/protocol';
import type { FileWalk, FoundFile } from '@vaquita/runtime/node/worker';
import { expect, test } from 'vitest';
import { silentLog } from '../testing/test-agent.ts';
import { createLooks } from './looks.ts';

const file = (path: string): FoundFile => ({ path, size: 1, modifiedAt: 1_000 });

function createScene() {
  const clock = createManualClock(0);
  const told: WorkerLooked[] = [];
  /** What looks at the disk, in their order; each goes on when it is let. */
  const walks: { readonly walk: FileWalk; go(...found: FoundFile[]): void; fail(error: Error): void }[] = [];
  const requests: { readonly url: string; answer(response: Response): void }[] = [];
  const looks = createLooks({
    clock,
    log: silentLog,
    report: (message) => told.push(message),
    async *walkFiles(walk) {
      for (;;) {
        const next = Promise.withResolvers<FoundFile[]>();
        walks.push({ walk, go: (...found) => next.resolve(found), fail: next.reject });
        const found = await next.promise;
        if (found.length === 0) return;
        yield* found;
      }
    },
    fetch: (url) =>
      new Promise((answer) => {
        requests.push({ url, answer });
      }),
  });
  const look = (lookId: string, more: Partial<MasterLook> = {}) =>
    looks.take({ type: 'look', lookId, path: `/in/${lookId}/*`, after: null, limit: 10, timeoutMs: 1_000, ...more });
  return { clock, told, walks, requests, looks, look, settle: () => clock.advance(0) };
}

const idsOf = (told: readonly WorkerLooked[]) => told.map(({ lookId }) => lookId);

test('one path is looked at at a time, in the order they came', async () => {
  const { told, walks, look, settle } = createScene();
  for (const id of ['a', 'b', 'c']) look(id);
  await settle();
  expect(walks.map(({ walk }) => walk.path)).toEqual(['/in/a/*']);
  walks[0]!.go(file('/in/a/1'));
  await settle();
  walks[1]!.go();
  await settle();
  expect(told).toEqual([
    {
      ...{ type: 'looked', lookId: 'a', isEnd: true, problem: null, code: null },
      entries: [{ ...file('/in/a/1'), etag: null }],
    },
  ]);
  expect(walks[2]!.walk.path).toBe('/in/b/*');
});

test('a full page ends the look, and says that there is more', async () => {
  const { told, walks, look, settle } = createScene();
  look('a', { limit: 2 });
  walks[0]!.go(file('1'), file('2'), file('3'), file('4'));
  await settle();
  expect(told).toMatchObject([{ isEnd: false, entries: [{ path: '1' }, { path: '2' }] }]);
});

test('a disk that hangs is given up in time, and holds nothing but its own place: L1, L2', async () => {
  const { clock, told, walks, requests, look, settle } = createScene();
  look('a');
  await settle();
  look('b', { timeoutMs: 500 });
  look('object', { path: 'http://objects/x' });
  await settle();
  expect(requests).toHaveLength(1);
  await clock.advance(500);
  expect(told).toMatchObject([
    { lookId: 'b', entries: [], code: 'busy', problem: expect.stringContaining('it looks at /in/a/*') },
  ]);
  await clock.advance(500);
  expect(told[1]).toMatchObject({ lookId: 'a', entries: [], isEnd: true, code: 'timeout' });
  expect(walks[0]!.walk.signal.aborted).toBe(true);
  expect(told[2]).toMatchObject({ lookId: 'object', code: 'timeout' });
  // It has still not come back.
  look('c');
  await settle();
  expect(walks).toHaveLength(1);
  walks[0]!.go(file('/in/a/late'));
  await settle();
  expect(walks[1]!.walk.path).toBe('/in/c/*');
  walks[1]!.go();
  await settle();
  expect(idsOf(told)).toEqual(['b', 'a', 'object', 'c']);
});

test('what was found when time is over is told, and there may be more', async () => {
  const { clock, told, walks, look, settle } = createScene();
  look('a');
  walks[0]!.go(file('1'), file('2'));
  await settle();
  await clock.advance(1_000);
  expect(told).toMatchObject([{ entries: [{ path: '1' }, { path: '2' }], isEnd: false, problem: null, code: null }]);
});

test('more looks than may wait are refused at once, and their time does not run on', async () => {
  const { told, walks, look, settle } = createScene();
  for (let i = 0; i <= MAX_WAITING_LOOKS; i += 1) look(`n${i}`);
  await settle();
  expect(told).toEqual([]);
  look('more');
  expect(told).toMatchObject([{ lookId: 'more', code: 'busy' }]);
  expect(walks).toHaveLength(1);
});

test('a look that comes twice is answered once', async () => {
  const { told, walks, look, settle } = createScene();
  look('a');
  look('a');
  walks[0]!.go();
  await settle();
  expect(walks).toHaveLength(1);
  expect(idsOf(told)).toEqual(['a']);
});

test('a walk that fails is told, and the next look goes on', async () => {
  const { told, walks, look, settle } = createScene();
  look('a');
  look('b');
  walks[0]!.fail(new Error('EIO'));
  await settle();
  expect(told).toMatchObject([{ lookId: 'a', code: 'failed', problem: expect.stringContaining('EIO') }]);
  walks[1]!.go();
  await settle();
  expect(idsOf(told)).toEqual(['a', 'b']);
});

test('when the session is over nobody is told, and only what was under way keeps its place: L3', async () => {
  const { clock, told, walks, looks, look, settle } = createScene();
  look('a');
  look('b');
  looks.forget();
  expect(walks[0]!.walk.signal.aborted).toBe(true);
  look('c');
  await settle();
  expect(walks).toHaveLength(1);
  walks[0]!.go(file('x'));
  await settle();
  expect(walks[1]!.walk.path).toBe('/in/c/*');
  walks[1]!.go();
  await clock.advance(5_000);
  expect(idsOf(told)).toEqual(['c']);
});

test('an object is one page, and nothing comes after it', async () => {
  const { told, requests, look, settle } = createScene();
  const answer = () => new Response(null, { headers: { etag: '"1"', 'content-length': '7' } });
  look('a', { path: 'HTTP://objects/x' });
  requests[0]!.answer(answer());
  await settle();
  look('b', { path: 'http://objects/x', after: 'http://objects/x' });
  requests[1]!.answer(answer());
  await settle();
  expect(told).toMatchObject([
    { entries: [{ path: 'HTTP://objects/x', size: 7, etag: '"1"', modifiedAt: null }], isEnd: true, problem: null },
    { entries: [], isEnd: true, problem: null },
  ]);
});
