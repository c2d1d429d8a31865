import type { DispatchId } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createMasterSession, type MasterAnswer, RECONNECT_CAP_MS, type WorkerHello } from '@vaquita/protocol';
import { createWirePair, sampleHello, sampleMasterMessages, type WirePair } from '@vaquita/protocol/testing';
import { expect, test } from 'vitest';
import { reconnectDelayMs } from './backoff.ts';
import { openConnection } from './connection.ts';
import type { FollowRedirect } from './redirects.ts';
import { silentLog } from './testing/test-agent.ts';

test('backoff: at once, then doubling with jitter, never beyond the cap', () => {
  const random = createSeededRandom(1);
  expect(reconnectDelayMs(0, random)).toBe(0);
  for (let failures = 1; failures < 2_000; failures++) {
    const ceiling = Math.min(RECONNECT_CAP_MS, 500 * 2 ** (failures - 1));
    const delay = reconnectDelayMs(failures, random);
    expect(delay).toBeGreaterThanOrEqual(ceiling / 2 - 1);
    expect(delay).toBeLessThanOrEqual(ceiling);
  }
});

function createScene(
  urls: readonly string[],
  answer: (hello: WorkerHello, url: string) => MasterAnswer | 'unreachable',
  mayFollow: FollowRedirect = (_, url) => ({ url }),
) {
  const clock = createManualClock();
  const tries: { readonly at: number; readonly url: string; readonly withinMs: number }[] = [];
  const pairs: WirePair[] = [];
  let lost = 0;
  const connection = openConnection({
    urls,
    mayFollow,
    clock,
    random: { next: () => 0.5 },
    log: silentLog,
    async connect(url, withinMs) {
      tries.push({ at: clock.now(), url, withinMs });
      if (answer(sampleHello, url) === 'unreachable') throw new Error('refused');
      const pair = createWirePair(clock);
      pairs.push(pair);
      createMasterSession(pair.master, {
        clock,
        onHello: async (hello) => answer(hello, url) as MasterAnswer,
        onMessage() {},
        onHeartbeat() {},
        onClosed() {},
      });
      return pair.worker;
    },
    createHello: () => sampleHello,
    readHeartbeat: () => ({ cpu: null, memory: null, disk: null, load: 0, loopLagMs: 0, slotsUsed: 0, running: [] }),
    onWelcome: () => true,
    onLost: () => {
      lost += 1;
    },
    onOrder() {},
    onRejected: (reject) => reject.code === 'bad_token',
    onEvicted() {},
    onDeaf: () => false,
  });
  return { clock, tries, pairs, connection, lost: () => lost };
}

test('servers that cannot be reached are tried in turn, and all of them ever more slowly', async () => {
  const { clock, tries, connection } = createScene(['a', 'b'], () => 'unreachable');
  await clock.advance(600_000);
  expect(tries.slice(0, 6).map(({ url }) => url)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(tries.slice(0, 8).map(({ at }) => at)).toEqual([0, 0, 375, 375, 1_125, 1_125, 2_625, 2_625]);
  expect(tries.at(-1)!.at - tries.at(-3)!.at).toBe(22_500);
  await connection.close('test', []);
});

test('a server that does not lead and cannot say who does is passed over; none that leads is soon asked again', async () => {
  let leader = '';
  const follower = { type: 'redirect', url: null, retryAfterMs: 1_000 } as const;
  const { clock, tries, connection } = createScene(['a', 'b', 'c'], (_, url) => {
    if (url === 'a') return 'unreachable';
    return url === leader ? sampleMasterMessages.welcome : follower;
  });
  await clock.advance(1_999);
  expect(tries.map(({ at, url }) => `${at} ${url}`)).toEqual(['0 a', '0 b', '0 c', '1000 a', '1000 b', '1000 c']);
  leader = 'c';
  await clock.advance(1);
  expect(tries.slice(6).map(({ at, url }) => `${at} ${url}`)).toEqual(['2000 a', '2000 b', '2000 c']);
  void connection.close('test', []);
  await clock.advance(5_000);
});

test('when its session is cut a worker tries the same server first, then the others', async () => {
  let leader = 'b';
  const { clock, tries, pairs, connection } = createScene(['a', 'b', 'c'], (_, url) =>
    url === leader ? sampleMasterMessages.welcome : 'unreachable',
  );
  await clock.advance(1_000);
  leader = 'a';
  pairs[0]!.cut();
  await clock.advance(0);
  expect(tries.map(({ at, url }) => `${at} ${url}`)).toEqual(['0 a', '0 b', '1000 b', '1000 c', '1000 a']);
  void connection.close('test', []);
  await clock.advance(5_000);
});

test('a session that is cut is opened again at once', async () => {
  const { clock, tries, pairs, connection, lost } = createScene(['a'], () => sampleMasterMessages.welcome);
  await clock.advance(1_000);
  pairs[0]!.cut();
  await clock.advance(0);
  expect(tries.map((one) => one.at)).toEqual([0, 1_000]);
  expect(lost()).toBe(1);
  void connection.close('test', []);
  await clock.advance(5_000);
  await connection.ended;
});

test('when its session has fallen silent a worker tries the other servers first', async () => {
  const { clock, tries, pairs, connection } = createScene(['a', 'b'], (_, url) =>
    url === 'a' ? sampleMasterMessages.welcome : { type: 'redirect', url: null, retryAfterMs: 1_000 },
  );
  await clock.advance(1_000);
  pairs[0]!.blackhole();
  await clock.advance(60_000);
  expect(tries.slice(0, 3).map(({ url }) => url)).toEqual(['a', 'b', 'a']);
  void connection.close('test', []);
  await clock.advance(5_000);
});

const toLeader = { type: 'redirect', url: 'leader', retryAfterMs: 700 } as const;

test('while there are others to ask, none gets long to answer; when nobody has, each gets the time of a slow network', async () => {
  let there = false;
  const { clock, tries, pairs, connection } = createScene(['a', 'b'], () =>
    there ? sampleMasterMessages.welcome : 'unreachable',
  );
  await clock.advance(1_000);
  expect(tries.map(({ withinMs }) => withinMs)).toEqual([3_000, 3_000, 10_000, 10_000]);
  there = true;
  await clock.advance(1_000);
  there = false;
  const before = tries.length;
  pairs.at(-1)!.cut();
  await clock.advance(1_000);
  expect(tries.slice(before).map(({ withinMs }) => withinMs)).toEqual([3_000, 3_000, 10_000, 10_000]);
  await connection.close('test', []);
  const alone = createScene(['a'], () => 'unreachable');
  await alone.clock.advance(1_000);
  expect(new Set(alone.tries.map(({ withinMs }) => withinMs))).toEqual(new Set([10_000]));
  await alone.connection.close('test', []);
});

test('a redirect is followed to its address at once', async () => {
  const { clock, tries, connection } = createScene(['a'], (_, url) =>
    url === 'a' ? toLeader : sampleMasterMessages.welcome,
  );
  await clock.advance(1_000);
  expect(tries.map(({ at, url }) => `${at} ${url}`)).toEqual(['0 a', '0 leader']);
  void connection.close('test', []);
  await clock.advance(5_000);
});

test('a redirect to a server that is not there does not keep a worker from the others, nor make it wait ever longer', async () => {
  const { clock, tries, connection } = createScene(['a', 'b'], (_, url) => (url === 'a' ? toLeader : 'unreachable'));
  await clock.advance(1_400);
  const round = ['a', 'leader', 'b'];
  expect(tries.map(({ at, url }) => `${at} ${url}`)).toEqual([
    ...round.map((url) => `0 ${url}`),
    ...round.map((url) => `700 ${url}`),
    ...round.map((url) => `1400 ${url}`),
  ]);
  void connection.close('test', []);
  await clock.advance(5_000);
});

test('two servers that each take the other for the leader do not make a worker run in circles', async () => {
  const { clock, tries, connection } = createScene(['a', 'b'], (_, url) => ({
    ...toLeader,
    url: url === 'a' ? 'b' : 'a',
  }));
  await clock.advance(699);
  expect(tries.map(({ url }) => url)).toEqual(['a', 'b', 'b', 'a']);
  void connection.close('test', []);
  await clock.advance(5_000);
});

test('a redirect to where a worker does not go counts as none', async () => {
  const refuse: FollowRedirect = () => ({ why: 'it is not trusted' });
  const { clock, tries, connection } = createScene(
    ['a', 'b'],
    (_, url) => (url === 'a' ? toLeader : 'unreachable'),
    refuse,
  );
  await clock.advance(700);
  expect(tries.map(({ at, url }) => `${at} ${url}`)).toEqual(['0 a', '0 b', '700 a', '700 b']);
  void connection.close('test', []);
  await clock.advance(5_000);
});

test('a refusal that no waiting heals ends the loop; one that may heal is tried again late', async () => {
  const bad = createScene(['a'], () => sampleMasterMessages.reject);
  await bad.clock.advance(1_000);
  await bad.connection.ended;
  const busy = createScene(['a'], () => ({ type: 'reject', code: 'name_in_use', text: 'taken' }));
  await busy.clock.advance(RECONNECT_CAP_MS - 1_000);
  expect(busy.tries).toHaveLength(1);
  await busy.clock.advance(2_000);
  expect(busy.tries).toHaveLength(2);
  void busy.connection.close('test', []);
  await busy.clock.advance(5_000);
});

test('to a server of before version 1.1 what goes on is no goodbye, which it would take for all', async () => {
  for (const [version, said] of [
    ['1.0', 0],
    ['1.1', 1],
  ] as const) {
    const scene = createScene(['ws://a'], () => ({ ...sampleMasterMessages.welcome, version }));
    await scene.clock.advance(10);
    void scene.connection.close('restarted', ['d1' as DispatchId]);
    await scene.clock.advance(10);
    expect(scene.pairs[0]!.toMaster.sent.filter((frame) => frame.includes('goodbye'))).toHaveLength(said);
  }
});
