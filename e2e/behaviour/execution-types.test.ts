/**
 * Runs of one workflow at a time, or a few, with the server dying in between. The tasks themselves write down when they
 * begin and end, so that nothing that the server believes can hide two at once.
 */
import { expect, it } from 'vitest';
import { begunIn, between, mostAtOnce, stampsOf } from '../support/at-once.ts';
import { eventually } from '../support/poll.ts';
import { define, type Run, start, tasksOf, waitForRun } from '../support/runs.ts';
import { waitAt } from '../support/scratch.ts';
import { SHORT_LEASE, useStage } from '../support/stage.ts';

const stage = useStage({ env: SHORT_LEASE, workers: { hand: { slots: 8 } } });

async function defineLimited(name: string, limits: Readonly<Record<string, unknown>>, script: string): Promise<void> {
  await define(stage.client, {
    name,
    ...limits,
    params: [{ name: 'n', type: 'string' }],
    tasks: [
      { name: 'work', type: 'shell', script: between(stage.scratch, name, '$n', script) },
      { name: 'more', type: 'shell', script: between(stage.scratch, name, '$n', 'true'), dependsOn: ['work'] },
    ],
  });
}

const begin = (name: string, n: string, priority: 'high' | 'medium' = 'medium') =>
  start(stage.client, name, { params: { n }, priority });
const stateOf = async (run: Run) => (await stage.client.instances.get(run.id)).state;
const until = (run: Run, state: string) =>
  eventually(`the run to be ${state}`, async () => (await stateOf(run)) === state, {
    evidence: () => stage.client.instances.get(run.id),
  });
/** Each begins twice, and has ended before another begins. */
const inTurns = (names: readonly string[]) => names.flatMap((name) => [name, name]);

it('serial_wait: one at a time, the oldest first, a higher priority before, over two crashes', async () => {
  const { client, server, scratch } = stage;
  const name = 'waits-in-line';
  // The one that goes second is held, so that the server dies while it runs.
  const held = `case "$n" in d) ${waitAt(scratch, 'second')};; *) ${waitAt(scratch, 'line')};; esac; sleep 0.2`;
  await defineLimited(name, { execution: 'serial_wait' }, held);
  const runs = [await begin(name, 'a'), await begin(name, 'b'), await begin(name, 'c'), await begin(name, 'd', 'high')];
  await eventually('the first to have begun', () => stampsOf(scratch, name).length === 1);
  for (const run of runs.slice(1)) await until(run, 'serial_wait');
  for (const run of runs.slice(1)) {
    const { summary, reasons } = await client.instances.why(run.id);
    expect(summary).toMatch(/^Run #\d of this workflow goes first; .*one may run at a time/);
    expect(reasons.some(({ taskName }) => taskName === null)).toBe(true);
  }
  await server.kill9();
  scratch.open('line');
  await server.restart();
  await until(runs[3]!, 'running');
  await server.kill9();
  scratch.open('second');
  await server.restart();
  for (const run of runs) await waitForRun(client, run, 'success');
  const stamps = stampsOf(scratch, name);
  expect(mostAtOnce(stamps)).toBe(1);
  expect(begunIn(stamps)).toEqual(inTurns(['a', 'd', 'b', 'c']));
  for (const run of runs) expect(await tasksOf(client, run)).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
});

it('serial_wait: what is stopped, paused or fails gives its place to the next', async () => {
  const { client, scratch } = stage;
  const name = 'gives-way';
  await defineLimited(name, { execution: 'serial_wait' }, `test "$n" != b || exit 3\n${waitAt(scratch, 'never')}`);
  const runs = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (n, i) => {
      await eventually(
        'those before it to be filed',
        async () =>
          i === 0 || (await client.instances.list({ project: 'behaviour', workflow: name })).items.length >= i,
      );
      return begin(name, n);
    }),
  );
  const [a, b, c, d] = runs as [Run, Run, Run, Run];
  await until(a, 'running');
  await until(d, 'serial_wait');
  await client.instances.stop(d.id);
  await until(d, 'stopped');
  await client.instances.stop(a.id);
  await waitForRun(client, b, 'failure');
  await until(c, 'running');
  // One that goes on again stands in line like a new one.
  await client.instances.recoverFailed(b.id);
  await until(b, 'serial_wait');
  await client.instances.resume(a.id);
  await until(a, 'serial_wait');
  await client.instances.stop(c.id);
  await eventually('the recovered run to fail anew', async () => {
    const { state, runCounter } = await client.instances.get(b.id);
    return state === 'failure' && runCounter === 2;
  });
  await until(a, 'running');
  await client.instances.stop(a.id);
  await until(a, 'stopped');
});

it('serial_discard: what comes while one goes on ends at once and says why, also right after a crash', async () => {
  const { client, server, scratch } = stage;
  const name = 'one-or-none';
  await defineLimited(name, { execution: 'serial_discard' }, waitAt(scratch, 'discard'));
  const first = await begin(name, 'first');
  await until(first, 'running');
  const refused = [await begin(name, 'second')];
  await server.kill9();
  await server.restart();
  refused.push(await begin(name, 'third'));
  for (const run of refused) {
    const ended = await waitForRun(client, run, 'stopped');
    expect(ended.reason?.text).toMatch(/^Run #1 of this workflow was live or waiting; .*serial_discard/);
    expect(await tasksOf(client, run)).toEqual([]);
  }
  scratch.open('discard');
  await waitForRun(client, first, 'success');
  const later = await begin(name, 'later');
  await waitForRun(client, later, 'success');
  expect(begunIn(stampsOf(scratch, name))).toEqual(inTurns(['first', 'later']));
});

it('serial_priority: the newest takes the place, the older one is stopped before it begins', async () => {
  const { client, scratch } = stage;
  const name = 'newest-wins';
  // Deaf to SIGTERM, so that the older one takes a while to end.
  await defineLimited(
    name,
    { execution: 'serial_priority' },
    `test "$n" = last || { trap '' TERM; ${waitAt(scratch, 'displaced')}; }`,
  );
  const first = await begin(name, 'first');
  await eventually('the first to have begun', () => stampsOf(scratch, name).length === 1);
  const second = await begin(name, 'second');
  await until(first, 'ready_stop');
  const last = await begin(name, 'last');
  expect((await waitForRun(client, second, 'stopped')).reason).toMatchObject({
    text: expect.stringMatching(/^(The|A) newer run .*goes instead of it/),
    evidence: { holder: last.id },
  });
  expect(await stateOf(last)).not.toBe('running');
  scratch.open('displaced');
  expect((await waitForRun(client, first, 'stopped')).reason).toMatchObject({
    code: 'displaced',
    text: expect.stringMatching(/^(The|A) newer run .*takes its place/),
    evidence: { newer: second.id },
  });
  await waitForRun(client, last, 'success');
  expect(begunIn(stampsOf(scratch, name))).toEqual(['first', 'last', 'last']);
  expect(mostAtOnce(stampsOf(scratch, name))).toBe(1);
});

it('maxParallelRuns: never more than that, over a crash, and all of them in the end', async () => {
  const { client, server, scratch } = stage;
  const name = 'two-beside';
  await defineLimited(name, { maxParallelRuns: 2 }, 'sleep 0.3');
  const runs = await Promise.all(Array.from({ length: 8 }, (_, n) => begin(name, String(n))));
  await eventually('some to have ended', () => stampsOf(scratch, name).length >= 6);
  await server.kill9();
  await server.restart();
  for (const run of runs) await waitForRun(client, run, 'success');
  const stamps = stampsOf(scratch, name);
  expect(mostAtOnce(stamps)).toBe(2);
  expect(begunIn(stamps).toSorted()).toEqual(inTurns(runs.map((_, n) => String(n))));
});
