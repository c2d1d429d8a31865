/** A real agent from its start to its end: drained, configured, stopped, upgraded, on a machine without room. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { define, type Run, start, taskOf, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({});
let nth = 0;

/** A worker that is alone in a group of its own. */
async function alone(...args: readonly string[]) {
  nth += 1;
  const name = `w${nth}`;
  const worker = await stage.join(name, { group: name, slots: 1, args: ['--heartbeat', '1s', ...args] });
  async function run(script: string): Promise<Run> {
    const workflow = `run-${crypto.randomUUID().slice(0, 8)}`;
    await define(stage.client, {
      name: workflow,
      tasks: [{ name: 'a', type: 'shell', script, workerGroup: name }],
    });
    return start(stage.client, workflow);
  }

  return {
    name,
    worker,
    view: () => stage.client.workers.get(name),
    /** Another one of its group. */
    join: (...more: readonly string[]) =>
      stage.join(`${name}-b`, { group: name, slots: 1, args: ['--heartbeat', '1s', ...more] }),
    run,
    /** A task that runs until the gate of the worker's name is opened. */
    async held(): Promise<{ readonly run: Run; readonly pid: number }> {
      const { scratch, client } = stage;
      const pids = `${name}-pids`;
      const held = await run(`${append(scratch, pids, '$$')}; ${waitAt(scratch, name)}; echo done`);
      await waitForTask(client, held, 'a', ({ state }) => state === 'running');
      await eventually('its script to be at work', () => scratch.lines(pids).length > 0);
      return { run: held, pid: Number(scratch.lines(pids)[0]) };
    },
    open: () => stage.scratch.open(name),
    becomes: (state: string) =>
      eventually(`${name} to be ${state}`, async () => (await stage.client.workers.get(name)).state === state, {
        evidence: () => worker.log(),
      }),
    says: (text: string) =>
      eventually(`the agent to say "${text}"`, () => worker.log().includes(text), { evidence: () => worker.log() }),
  };
}

async function expectOneAttempt(run: Run): Promise<void> {
  await waitForRun(stage.client, run, 'success', 60_000);
  expect(await tasksOf(stage.client, run)).toHaveLength(1);
}

it('hears that it is drained and resumed, and goes on with what it runs', async () => {
  const { client } = stage;
  const { name, held, run, open, says } = await alone();
  const first = await held();
  await client.workers.drain(name, { reason: 'new disks' });
  await says('by admin: new disks');
  const waiting = await run('echo later');
  open();
  await expectOneAttempt(first.run);
  expect(await taskOf(client, waiting, 'a')).toMatchObject({ state: 'submitted', worker: null });
  await client.workers.resume(name);
  await expectOneAttempt(waiting);
  await says('Taking tasks again.');
});

it('takes other slots, labels and another log level while it runs, and its own again', async () => {
  const { client } = stage;
  const { name, held, run, open, says, worker, becomes } = await alone();
  const first = await held();
  await client.workers.update(name, { slots: 2, labels: { gpu: 'true' }, logLevel: 'debug' });
  await says('slots=2 labels={"gpu":"true"} logLevel=debug');
  await expectOneAttempt(await run('echo beside'));
  await client.workers.update(name, { logLevel: 'error' });
  await client.workers.drain(name);
  await becomes('draining');
  await client.workers.update(name, { logLevel: null, slots: null });
  await says('slots=1 labels={"gpu":"true"} logLevel=null');
  expect(worker.log()).not.toContain('Draining:');
  open();
  await expectOneAttempt(first.run);
});

describe('told to stop', () => {
  it('it drains: the server knows at once, what runs ends in the grace, and nothing is run again', async () => {
    const { client } = stage;
    const { held, run, open, worker, becomes, join: another } = await alone('--grace', '10m');
    const first = await held();
    const ended = worker.end('SIGTERM');
    await becomes('draining');
    const waiting = await run('echo elsewhere');
    open();
    await expectOneAttempt(first.run);
    expect(await ended).toMatchObject({ code: 0 });
    await becomes('offline');
    await another();
    await expectOneAttempt(waiting);
    expect(await taskOf(client, waiting, 'a')).toMatchObject({ worker: expect.stringMatching(/-b$/) });
  });

  it('twice: what runs is ended at once, and done by another', async () => {
    const { held, open, worker, becomes, join: another } = await alone('--grace', '10m');
    const { run, pid } = await held();
    void worker.end('SIGTERM');
    await becomes('draining');
    expect(await worker.end('SIGTERM')).toMatchObject({ code: 0 });
    await eventually('its process to be gone', () => !isAlive(pid));
    open();
    await another();
    await waitForRun(stage.client, run, 'success');
    const states = (await tasksOf(stage.client, run)).map(({ state }) => state);
    expect(states).toEqual(['need_fault_tolerance', 'success']);
  });

  it('by SIGUSR2 it leaves what runs to the next agent', async () => {
    const { held, open, worker } = await alone();
    const { run, pid } = await held();
    expect(await worker.end('SIGUSR2')).toMatchObject({ code: 0 });
    expect(isAlive(pid)).toBe(true);
    await worker.restart();
    open();
    await expectOneAttempt(run);
  });
});

it('on a machine without room it gets nothing, and the task, the worker and the agent say why', async () => {
  const { client } = stage;
  const { name, run, view, says, join: another } = await alone('--min-disk', '1000TB');
  await says('(--min-disk)');
  await eventually('the server to know', async () => (await view()).warnings.length > 0);
  expect((await view()).warnings).toMatchObject([
    { code: 'overloaded', text: expect.stringContaining('MiB are free') },
  ]);
  const waiting = await run('echo at last');
  const { id } = await waitForTask(client, waiting, 'a', ({ state }) => state === 'submitted');
  const { reasons } = await client.taskInstances.why(id);
  expect(reasons.find(({ code }) => code === 'workers_overloaded')).toMatchObject({
    text: expect.stringContaining(`"${name}": less than 1048576000 MiB are free`),
    evidence: { workersOverloaded: 1, slots: 1, slotsUsed: 0 },
  });
  await another();
  await expectOneAttempt(waiting);
  expect(await taskOf(client, waiting, 'a')).toMatchObject({ worker: `${name}-b` });
});

const folder = mkdtempSync(join(tmpdir(), 'vaquita-work-'));
const tried = mountSmallDisk(folder, 32);
if (typeof tried !== 'string') tried.close();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noDisk = typeof tried === 'string' ? ` (left out: ${tried})` : '';
describe.skipIf(noDisk !== '')(`with its work folder on a disk that is full${noDisk}`, () => {
  function smallDisk(): SmallDisk {
    const disk = mountSmallDisk(folder, 32) as SmallDisk;
    onTestFinished(async () => {
      disk.free();
      await stage.worker(`w${nth}`).end('SIGKILL');
      disk.close();
    });
    return disk;
  }

  it('it gets nothing, and takes tasks again when there is room', async () => {
    const { client } = stage;
    const disk = smallDisk();
    const { view, run } = await alone('--work-dir', join(folder, 'a'), '--min-disk', '4MB');
    await disk.fill();
    await eventually('it to be overloaded', async () =>
      (await view()).warnings.some(({ code }) => code === 'overloaded'),
    );
    const waiting = await run('echo fine');
    expect(await taskOf(client, waiting, 'a')).toMatchObject({ worker: null });
    disk.free();
    await expectOneAttempt(waiting);
  });

  it('the result of what ran waits until there is room, and is not lost', async () => {
    const disk = smallDisk();
    const { held, open, says, worker } = await alone(
      '--work-dir',
      join(folder, 'b'),
      '--min-disk',
      'none',
      '--grace',
      '1s',
    );
    const { run } = await held();
    await disk.fill();
    open();
    await says('the work folder takes nothing');
    // An agent that is told to stop meanwhile gives it to nobody else.
    expect(await worker.end('SIGTERM')).toMatchObject({ code: 0 });
    disk.free();
    await worker.restart();
    await expectOneAttempt(run);
  });

  it('it waits for room to start', async () => {
    const disk = smallDisk();
    const first = await alone('--work-dir', join(folder, 'c'), '--min-disk', 'none');
    await first.worker.kill9();
    await disk.fill();
    await first.worker.restart();
    await first.says('Trying again');
    expect(first.worker.isRunning()).toBe(true);
    disk.free();
    await expectOneAttempt(await first.run('echo fine'));
  });
});
