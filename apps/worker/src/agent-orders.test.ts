/** What a server tells an agent to do with itself, and how it ends. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DispatchId } from '@vaquita/core';
import type { WorkerDrainStatus } from '@vaquita/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { createTestFolder, startTestAgent, storedResults, type TestAgentOptions } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

const untilOpened = { script: 'while [ ! -e go ]; do sleep 0.05; done; echo done' };

async function scene(options: Partial<TestAgentOptions> = {}) {
  const folder = await createTestFolder();
  const master = await startTestMaster();
  const one = await startTestAgent({ url: master.url, workDir: folder.path, ...options });
  onTestFinished(async () => {
    await one[Symbol.asyncDispose]();
    await master[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  await master.until(() => master.heartbeats.length > 0);
  const statuses = () => master.reports.filter((report): report is WorkerDrainStatus => report.type === 'drainStatus');
  return {
    folder,
    master,
    agent: one.agent,
    statuses,
    /** The answer to what is sent. */
    async answerTo(order: Parameters<ReturnType<typeof master.session>['send']>[0]): Promise<WorkerDrainStatus> {
      const before = statuses().length;
      master.session().send(order);
      await master.until(() => statuses().length > before);
      return statuses()[before]!;
    },
    async begin(dispatchId: string, config: object = untilOpened) {
      master.dispatch({ dispatchId, config: { ...config } });
      await master.report('started', dispatchId);
    },
    open: (dispatchId: string) => writeFile(join(folder.path, 'tasks', dispatchId, 'work', 'go'), ''),
  };
}

test('drain: what runs goes on, what comes is refused with the reason, each end is told, and resume ends it', async () => {
  const { master, answerTo, begin, open, statuses } = await scene();
  await begin('d1');
  expect(await answerTo({ type: 'drain', reason: 'by ada: new disks' })).toMatchObject({
    draining: true,
    running: ['d1'],
  });
  master.dispatch({ dispatchId: 'd2' });
  expect(await master.report('refuse', 'd2')).toMatchObject({
    reason: 'draining',
    text: expect.stringContaining('by ada: new disks'),
  });
  await open('d1');
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  await master.until(() => statuses().at(-1)?.running.length === 0);
  expect(await answerTo({ type: 'resume' })).toMatchObject({ draining: false });
  master.dispatch({ dispatchId: 'd3' });
  expect(await master.result('d3')).toMatchObject({ state: 'success' });
});

test('configure: other slots hold at once, fewer than run end nothing, and a new session begins as it was started', async () => {
  const { master, answerTo, begin, open } = await scene({ slots: 2, labels: { zone: 'north' } });
  expect(await answerTo({ type: 'configure', slots: 3, labels: { gpu: 'true' }, logLevel: 'debug' })).toMatchObject({
    slots: 3,
    labels: { gpu: 'true' },
    // The log of this agent is not its own.
    logLevel: null,
  });
  for (const id of ['d1', 'd2', 'd3']) await begin(id);
  expect(await answerTo({ type: 'configure', slots: 1 })).toMatchObject({ slots: 1, labels: { gpu: 'true' } });
  await open('d1');
  await master.result('d1');
  master.dispatch({ dispatchId: 'd4' });
  expect(await master.report('refuse', 'd4')).toMatchObject({ reason: 'no_slot', text: expect.stringContaining('1') });
  master.cut();
  await master.until(() => master.hellos.length === 2 && master.isConnected());
  expect(master.hellos[1]).toMatchObject({ slots: 2, labels: { zone: 'north' }, draining: false });
  await open('d2');
  await master.result('d2');
  master.dispatch({ dispatchId: 'd5' });
  expect(await master.result('d5')).toMatchObject({ state: 'success' });
  await open('d3');
  await master.result('d3');
});

test('takeOver: what runs belongs to the later term, in the next hello and in its result', async () => {
  const { master, begin, open } = await scene();
  await begin('d1');
  master.epoch = 5;
  master.cut();
  await master.until(() => master.hellos.length === 2 && master.isConnected());
  expect(master.hellos[1]?.running).toMatchObject([{ dispatchId: 'd1', epoch: 1 }]);
  master.session().send({ type: 'takeOver', epoch: 5, dispatchIds: ['d1' as DispatchId] });
  master.session().send({ type: 'drain', reason: 'an order that is answered' });
  await master.report('drainStatus');
  master.cut();
  await master.until(() => master.hellos.length === 3 && master.isConnected());
  expect(master.hellos[2]?.running).toMatchObject([{ dispatchId: 'd1', epoch: 5 }]);
  await open('d1');
  expect(await master.result('d1')).toMatchObject({ state: 'success', epoch: 5 });
});

test('the hello tells what of a log has not been acknowledged', async () => {
  const { master, begin, open } = await scene();
  master.acknowledges = false;
  await begin('d1');
  await open('d1');
  const { logBytes } = await master.result('d1');
  master.cut();
  await master.until(() => master.hellos.length === 2);
  expect(master.hellos[1]?.unsent).toEqual([{ dispatchId: 'd1', epoch: 1, logBytes }]);
});

test('sent away: it ends what it runs, keeps the result, and does not end itself', async () => {
  const { master, folder, begin, agent } = await scene();
  await begin('d1');
  master.answer = () => ({ type: 'reject', code: 'evicted', text: 'sent away by ada' });
  master.session().close('evicted', 'sent away by ada');
  await expect.poll(() => storedResults(folder.path), { timeout: 20_000 }).toEqual(['d1']);
  await agent.stop(0);
  expect(await agent.ended).toEqual({ type: 'stopped' });
  expect(await storedResults(folder.path)).toEqual(['d1']);
});

test('deaf once: it connects again; twice in a row: it ends, and what runs is left to the next agent', async () => {
  let broken = true;
  const { master, agent, begin, folder } = await scene({
    endsWhenDeaf: true,
    change: (host) => ({
      ...host,
      async openWorkFolder(path) {
        const work = await host.openWorkFolder(path);
        const attempt = (name: string) => {
          const files = work.attempt(name);
          const begin = () => Promise.reject(new Error('this disk is broken'));
          return broken && name.startsWith('nonce') ? { ...files, begin } : files;
        };
        return { ...work, attempt };
      },
    }),
  });
  await begin('d1');
  const isDeaf = async (times: number) => {
    master.session().send({ type: 'echo', nonce: `nonce${times}` as DispatchId });
    master.session().close('deaf', 'an echo did not come back in time');
    await master.until(() => !master.isConnected());
  };
  await isDeaf(1);
  await master.until(() => master.hellos.length === 2 && master.isConnected());
  // It proves itself, so that the next time is the first again.
  broken = false;
  master.session().send({ type: 'echo', nonce: 'nonce2' as DispatchId });
  await master.result('nonce2');
  broken = true;
  await isDeaf(3);
  await master.until(() => master.hellos.length === 3 && master.isConnected());
  await isDeaf(4);
  expect(await agent.ended).toEqual({ type: 'deaf', text: 'an echo did not come back in time' });
  expect(master.reports.some(({ type }) => type === 'result' || type === 'goodbye')).toBe(true);
  expect(master.reports.some((report) => report.type === 'result' && report.dispatchId === 'd1')).toBe(false);

  await using next = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length === 4 && master.isConnected());
  expect(master.hellos[3]?.running).toMatchObject([{ dispatchId: 'd1', state: 'started' }]);
  await writeFile(join(folder.path, 'tasks', 'd1', 'work', 'go'), '');
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(next.agent.workerId).toBe(master.hellos[0]?.workerId);
});

test('overloaded: a dispatch is refused in the words of the limit, and the heartbeat names it', async () => {
  const { master } = await scene({
    heartbeatIntervalMs: 100,
    sessionTimeoutMs: 10_000,
    limits: { cpu: null, memory: null, diskFreeBytes: 2 ** 52 },
  });
  expect(master.heartbeats[0]).toMatchObject({ overload: { disk: 2 ** 52 } });
  master.dispatch({ dispatchId: 'd1' });
  expect(await master.report('refuse', 'd1')).toMatchObject({
    reason: 'overloaded',
    text: expect.stringContaining('--min-disk'),
  });
});

test('stopping: it says so at once, also in the hello of a connection that comes back meanwhile', async () => {
  const { master, agent, begin, open, statuses } = await scene();
  await begin('d1');
  const stopped = agent.stop(60_000);
  await master.until(() => statuses().length > 0);
  expect(statuses()[0]).toMatchObject({ draining: true, running: ['d1'] });
  master.cut();
  await master.until(() => master.hellos.length === 2 && master.isConnected());
  expect(master.hellos[1]).toMatchObject({ draining: true, running: [{ dispatchId: 'd1' }] });
  await open('d1');
  await stopped;
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(master.reports.at(-1)).toEqual({ type: 'goodbye', reason: 'the worker is stopping', running: [] });
});

test('stopping twice: what still runs is ended at once', async () => {
  const { master, agent, begin } = await scene();
  await begin('d1', { script: 'trap "" TERM; while :; do sleep 0.1; done' });
  const stopped = agent.stop(600_000);
  await agent.stop(0);
  await stopped;
  expect(await master.result('d1')).toMatchObject({ state: 'interrupted', signal: 'SIGKILL' });
});

test('leaving: it ends at once, says what goes on, and the next agent goes on with it', async () => {
  const { master, agent, begin, folder } = await scene();
  await begin('d1');
  await agent.leave();
  expect(master.reports.at(-1)).toEqual({ type: 'goodbye', reason: 'the agent is restarted', running: ['d1'] });
  await using _ = await startTestAgent({ url: master.url, workDir: folder.path });
  await master.until(() => master.hellos.length === 2);
  await writeFile(join(folder.path, 'tasks', 'd1', 'work', 'go'), '');
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(master.log('d1')).toBe('done\n');
});

test('stopping with a result that nobody acknowledges: the server is told to wait for the next agent', async () => {
  const { master, agent, begin, open, folder } = await scene();
  master.acknowledges = false;
  await begin('d1');
  await open('d1');
  await master.result('d1');
  await agent.stop(1_000);
  expect(master.reports.at(-1)).toMatchObject({ type: 'goodbye', running: ['d1'] });
  expect(await storedResults(folder.path)).toEqual(['d1']);
});
