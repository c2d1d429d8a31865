/**
 * Workers that break the rules, over real sockets: each is told what is wrong by its name, is counted, and disturbs nobody.
 * Workers by hand speak what PROTOCOL.md says; an agent works beside them all the time.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { connectRawWorker, type RawWorker, type RawWorkerOptions, resultOf } from '../support/raw-worker.ts';
import { define, start, taskOf, waitForRun, waitForTask } from '../support/runs.ts';
import { useStage } from '../support/stage.ts';
import { makeWorkerToken } from '../support/worker.ts';

const stage = useStage({ workers: { steady: {} }, env: { VAQUITA_METRICS_OPEN: 'on' } });
const open: RawWorker[] = [];

afterEach(async () => {
  for (const worker of open.splice(0)) await worker[Symbol.asyncDispose]();
});

let token: Promise<string> | undefined;

async function connect(name: string, more: Partial<RawWorkerOptions> = {}): Promise<RawWorker> {
  token ??= makeWorkerToken(stage.server);
  const worker = await connectRawWorker({ url: stage.server.url, token: await token, name, ...more });
  open.push(worker);
  return worker;
}

async function counted(metric: string): Promise<number> {
  const text = await (await fetch(`${stage.server.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${metric} `));
  return line === undefined ? 0 : Number(line.slice(metric.length + 1));
}

/** The agent beside them works as if nothing had been. */
async function expectOthersUndisturbed(): Promise<void> {
  const name = `beside-${crypto.randomUUID().slice(0, 8)}`;
  await define(stage.client, { name, tasks: [{ name: 'a', type: 'shell', script: 'echo fine' }] });
  const run = await start(stage.client, name);
  await waitForRun(stage.client, run, 'success');
  expect(await taskOf(stage.client, run, 'a')).toMatchObject({ worker: 'steady', attempt: 1 });
}

/** A run whose task waits for a worker of its own group. */
async function startFor(group: string) {
  await define(stage.client, { name: `for-${group}`, tasks: [{ name: 'a', type: 'noop', workerGroup: group }] });
  return start(stage.client, `for-${group}`);
}

it('a worker by hand runs a task', async () => {
  const worker = await connect('hand', { hello: { groups: ['hand'] } });
  expect(await worker.hears('welcome')).toMatchObject({
    version: '1.2',
    maxFrameBytes: 1_048_576,
    keep: [],
    abandon: [],
  });
  worker.works();
  const run = await startFor('hand');
  await waitForRun(stage.client, run, 'success');
  await worker.hears('resultAck');
});

it.each([
  ['1.0', ['1.0']],
  ['1.1', ['1.1', '1.0']],
])('P10: a worker of version %s runs a task, and hears nothing that it does not know', async (version, versions) => {
  const group = `old-${version.replace('.', '-')}`;
  const worker = await connect(group, { hello: { groups: [group], versions } });
  expect(await worker.hears('welcome')).toMatchObject({ version });
  worker.works();
  const run = await startFor(group);
  await waitForRun(stage.client, run, 'success');
  await worker.hears('resultAck');
  await worker.hears('heartbeatAck');
  const known = ['welcome', 'dispatch', 'kill', 'resultAck', 'outputAck', 'heartbeatAck'];
  for (const { type } of worker.heard) expect(known).toContain(type);
});

it('P10: one of a version to come is spoken to in ours; a version out of reach is refused in words', async () => {
  const newer = await connect('newer', { hello: { versions: ['1.3', '1.2'], mood: 'fine' } });
  expect(await newer.hears('welcome')).toMatchObject({ version: '1.2' });
  newer.send({ type: 'mood', at: 1 });
  const ancient = await connect('ancient', { hello: { versions: ['0.9'] } });
  expect(await ancient.hears('reject')).toMatchObject({ code: 'version_unsupported' });
  expect(await ancient.isClosed()).toMatchObject({ code: 4003 });
  expect(newer.closed).toBeUndefined();
});

describe('P9: what cannot be read', () => {
  it('is named with its field; more than a session bears ends it', async () => {
    const before = await counted('vaquita_worker_faults_total{fault="bad_message"}');
    const worker = await connect('garbled');
    worker.sendText('{"type":"ack"');
    expect(await worker.hears('fault')).toMatchObject({
      code: 'bad_message',
      text: expect.stringContaining('not JSON'),
    });
    worker.send({ type: 'started', dispatchId: 'd1', processId: 'seven', at: 1 });
    await worker.hears('fault', ({ text }) => String(text).includes('processId must be number'));
    for (let i = 0; i < 19; i++) worker.send({ type: 'ack' });
    expect(await worker.isClosed()).toMatchObject({ code: 4005 });
    expect((await counted('vaquita_worker_faults_total{fault="bad_message"}')) - before).toBe(21);
    await expectOthersUndisturbed();
  });

  it('in a frame over the limit ends the session at once', async () => {
    const worker = await connect('wide');
    worker.sendText(`"${'x'.repeat(1_100_000)}"`);
    expect(await worker.isClosed()).toMatchObject({ code: 1009 });
    await expectOthersUndisturbed();
  });

  it('as a flood ends the session, and the worker is told to come back later', async () => {
    const worker = await connect('flood');
    const frame = JSON.stringify(Array.from({ length: 2_000 }, () => ({ type: 'nonsense' })));
    for (let i = 0; i < 100 && worker.closed === undefined; i++) worker.sendText(frame);
    expect(await worker.isClosed()).toMatchObject({ code: 4009 });
    // The worker may hear of the end before the server has counted it.
    const ended = async () => counted('vaquita_worker_sessions_ended_total{reason="flooded"}');
    await eventually('the end to be counted', async () => (await ended()) > 0);
    expect(await ended()).toBe(1);
    const again = await connect('flood');
    expect(await again.hears('redirect')).toMatchObject({ url: null, retryAfterMs: 30_000 });
    await expectOthersUndisturbed();
  });
});

describe('a worker that lies', () => {
  it('about a dispatch of another one changes nothing, and is told so', async () => {
    const holder = await connect('holder', { hello: { groups: ['held'] } });
    const run = await startFor('held');
    const { dispatchId, epoch } = await holder.hears('dispatch');
    holder.send({ type: 'ack', dispatchId }, { type: 'started', dispatchId, processId: null, at: Date.now() });
    await waitForTask(stage.client, run, 'a', ({ state }) => state === 'running');
    const liar = await connect('liar');
    liar.send({ ...resultOf(String(dispatchId), Number(epoch)), state: 'failure' });
    expect(await liar.hears('fault')).toMatchObject({ code: 'not_its_dispatch', dispatchId });
    expect((await taskOf(stage.client, run, 'a')).state).toBe('running');
    holder.send(resultOf(String(dispatchId), Number(epoch)));
    await waitForRun(stage.client, run, 'success');
  });

  it('about its epoch is not believed: the task is made anew', async () => {
    const liar = await connect('timeless', { hello: { groups: ['timeless'] } });
    const run = await startFor('timeless');
    const { dispatchId, epoch } = await liar.hears('dispatch');
    liar.send({ type: 'ack', dispatchId }, resultOf(String(dispatchId), Number(epoch) + 5));
    expect(await liar.hears('fault')).toMatchObject({ code: 'wrong_epoch' });
    liar.works();
    await waitForRun(stage.client, run, 'success');
    expect(await taskOf(stage.client, run, 'a')).toMatchObject({ failovers: 1 });
  });

  it('about its name is refused, and the one that has it goes on', async () => {
    const second = await connect('steady');
    expect(await second.hears('reject')).toMatchObject({ code: 'name_in_use' });
    await expectOthersUndisturbed();
  });
});

it('a token that is revoked ends the session of who came with it promptly, and does not open the door again', async () => {
  const { id, token: own } = await stage.client.workerTokens.create({ name: 'to be revoked' });
  const worker = await connect('revoked', { token: own });
  await worker.hears('welcome');
  await stage.client.workerTokens.revoke(id);
  expect(await worker.isClosed()).toMatchObject({ code: 4003, reason: expect.stringContaining('revoked') });
  const again = await connect('revoked', { token: own });
  expect(await again.hears('reject')).toMatchObject({ code: 'revoked' });
  await expectOthersUndisturbed();
});

it('a clock that is hours off is shown as a warning, and no time of a run follows from it', async () => {
  const wrong = Date.now() - 5 * 3_600_000;
  const worker = await connect('late', { hello: { groups: ['late'], at: wrong } });
  expect(await worker.hears('fault')).toMatchObject({ code: 'clock_skew', text: expect.stringContaining('behind') });
  const warned = await eventually('the warning', async () => {
    const { warnings } = await stage.client.workers.get('late');
    return warnings.find(({ code }) => code === 'clock_skew');
  });
  expect(warned.text).toMatch(/^Its clock is (5h|4h59m\d+s) behind/);
  const before = Date.now();
  const run = await startFor('late');
  const { dispatchId, epoch } = await worker.hears('dispatch');
  worker.send({ type: 'ack', dispatchId }, { type: 'started', dispatchId, processId: null, at: wrong });
  worker.send({ ...resultOf(String(dispatchId), Number(epoch)), startedAt: wrong, endedAt: wrong });
  await waitForRun(stage.client, run, 'success');
  const { startedAt, endedAt } = await taskOf(stage.client, run, 'a');
  expect(Date.parse(startedAt!)).toBeGreaterThanOrEqual(before - 1_000);
  expect(Date.parse(endedAt!)).toBeGreaterThanOrEqual(Date.parse(startedAt!));
});

it('P2: a dispatch that nobody answers is asked about once and then given to another', async () => {
  const silent = await connect('silent', { hello: { groups: ['asked'] } });
  const run = await startFor('asked');
  const first = await silent.hears('dispatch');
  const other = await connect('other', { hello: { groups: ['asked'] } });
  other.works();
  await silent.hears('echo');
  await silent.hears('kill', ({ dispatchId }) => dispatchId === first.dispatchId);
  const dispatches = silent.heard.filter(({ type }) => type === 'dispatch');
  expect(new Set(dispatches.map(({ dispatchId }) => dispatchId))).toEqual(new Set([first.dispatchId]));
  expect(dispatches).toHaveLength(2);
  await waitForRun(stage.client, run, 'success');
  expect(await taskOf(stage.client, run, 'a')).toMatchObject({ worker: 'other', attempt: 1 });
  // It did not return the echo either: it is deaf, and there is evidence of it.
  expect(await silent.isClosed()).toMatchObject({ code: 4007 });
});
