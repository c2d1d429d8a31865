import type { TriggerConfig, TriggerId, WorkflowId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { drop } from '../testing/fake-workers.ts';
import { openFileBench } from '../testing/file-bench.ts';
import { START } from '../testing/trigger-bench.ts';
import type { FileDutySettings } from './settings.ts';

type Files = Extract<TriggerConfig, { kind: 'file' }>;
const MINUTE = 60_000;

/** A worker with an old file, a trigger of workflow a, and a duty that leads and has had its first look. */
async function opened(files: Partial<Files> = {}, settings: Partial<FileDutySettings> = {}) {
  const bench = await openFileBench(settings);
  const a = await bench.workflow('a', { params: [{ name: 'p', type: 'string', value: '' }] });
  const w = bench.workers.join('w1');
  drop(w.files, '/in/old');
  const t = await bench.fileTrigger('files', { of: a, files });
  const duty = bench.newFileDuty();
  duty.begin(1);
  await bench.clock.advance(0);
  const watchers = () => bench.store.watching.watchers([t]);
  return { ...bench, a, w, t, duty, watchers };
}

const edit = (bench: Awaited<ReturnType<typeof opened>>, revision: number, change: object) =>
  bench.store.triggers.update({ id: bench.t, revision }, { ...change, by: 'ann', at: START });

test('W3: what is there at the first look starts nothing, and what comes later starts a run that says what it is', async () => {
  const { w, t, a, clock, runsOf, firings, filed, watchers } = await opened({ mapping: { p: 'name' } });
  expect(await firings(t)).toMatchObject([
    { outcome: 'seen', workflowInstanceId: null, about: { worker: 'the w1', things: '1' } },
  ]);
  expect(await watchers()).toMatchObject([{ watcher: 'w1', firstAt: START, problem: null }]);
  drop(w.files, '/in/new', 5);
  await clock.advance(MINUTE);
  const [run, ...others] = await runsOf(a);
  expect(others).toEqual([]);
  expect(run).toMatchObject({
    ...{ originKind: 'trigger', originId: t, createdBy: 'trigger files', params: { p: 'new' } },
    ...{ businessTime: START + MINUTE, timezone: null },
  });
  expect((await firings(t)).at(-1)).toMatchObject({
    ...{ outcome: 'run', reason: null, workflowInstanceId: run!.id, chain: [] },
    about: { worker: 'the w1', path: '/in/new', size: '5', modified: '1970-01-01T00:00:05.000Z' },
  });
  expect(filed.map(({ workflowInstanceId }) => workflowInstanceId)).toEqual([run!.id]);
  await clock.advance(10 * MINUTE);
  expect(await runsOf(a)).toHaveLength(1);
});

test('W2: what has been replaced fires again, what was away does not', async () => {
  const { w, t, clock, started } = await opened();
  drop(w.files, '/in/new', 1);
  await clock.advance(MINUTE);
  const before = w.files.get('/in/new')!;
  w.files.delete('/in/new');
  await clock.advance(MINUTE);
  w.files.set('/in/new', before);
  await clock.advance(MINUTE);
  expect(await started(t)).toEqual(['/in/new']);
  drop(w.files, '/in/new', 2);
  await clock.advance(MINUTE);
  expect(await started(t)).toEqual(['/in/new', '/in/new']);
});

test('W5: a file is acted on when it has been as it is for long enough, by elapsed time', async () => {
  const { w, t, clock, started } = await opened({ settledMs: 30_000, everyMs: 20_000 });
  drop(w.files, '/in/new', 1);
  await clock.advance(20_000);
  clock.set(START + 86_400_000);
  await clock.advance(20_000);
  // It has grown meanwhile.
  drop(w.files, '/in/new', 2);
  // It was to have settled now.
  await clock.advance(10_000);
  clock.set(START - 86_400_000);
  await clock.advance(29_000);
  expect(await started(t)).toEqual([]);
  await clock.advance(1_000);
  expect(await started(t)).toEqual(['/in/new']);
});

test('W5: between rare looks one more comes when something should have settled', async () => {
  const { w, t, clock, started } = await opened({ settledMs: 30_000, everyMs: 3_600_000 });
  drop(w.files, '/in/new');
  await clock.advance(3_600_000);
  expect(w.looks).toBe(2);
  await clock.advance(30_000);
  expect(await started(t)).toEqual(['/in/new']);
  expect(w.looks).toBe(3);
  await clock.advance(3_500_000);
  expect(w.looks).toBe(3);
});

test('W5: another leader begins anew with what settles, and nothing is lost', async () => {
  const bench = await opened({ settledMs: 30_000, everyMs: 20_000 });
  const { w, t, clock, started, duty, lead, newFileDuty } = bench;
  drop(w.files, '/in/new');
  await clock.advance(40_000);
  await duty.end();
  expect(duty.waiting()).toBeNull();
  lead(2);
  const next = newFileDuty();
  next.begin(2);
  await clock.advance(20_000);
  expect([await started(t), next.waiting()]).toEqual([[], 1]);
  await clock.advance(20_000);
  expect([await started(t), next.waiting()]).toEqual([['/in/new'], 0]);
});

test('W2: a file that several workers see starts one run, and files of each start one each', async () => {
  const { w, t, a, clock, started, workers, firings, runsOf, watchers } = await opened();
  workers.join('w2', w.files);
  const own = workers.join('w3');
  drop(own.files, '/in/own-old');
  await clock.advance(MINUTE);
  expect((await watchers()).map(({ watcher, firstAt }) => [watcher, firstAt])).toEqual([
    ['w1', START],
    ['w2', START + MINUTE],
    ['w3', START + MINUTE],
  ]);
  drop(w.files, '/in/shared');
  drop(own.files, '/in/own');
  await clock.advance(5 * MINUTE);
  expect((await started(t)).sort()).toEqual(['/in/own', '/in/shared']);
  expect(await runsOf(a)).toHaveLength(2);
  expect((await firings(t)).filter(({ outcome }) => outcome === 'seen').map(({ about }) => about.things)).toEqual([
    ...['1', '1', '1'],
  ]);
});

test('W4: who looks for the first time takes nothing from those who looked before', async () => {
  const { w, t, clock, started, workers } = await opened({ settledMs: 90_000 });
  drop(w.files, '/in/settling');
  await clock.advance(MINUTE);
  // One more machine, while the file settles.
  workers.join('w2', w.files);
  await clock.advance(2 * MINUTE);
  expect(await started(t)).toEqual(['/in/settling']);
  // And one while nobody else is there.
  workers.leave('w1');
  workers.leave('w2');
  drop(w.files, '/in/meanwhile');
  workers.join('w3', w.files);
  await clock.advance(5 * MINUTE);
  expect(await started(t)).toEqual(['/in/settling']);
  workers.join('w1', w.files);
  await clock.advance(5 * MINUTE);
  expect(await started(t)).toEqual(['/in/settling', '/in/meanwhile']);
});

test('W3: a first look that is cut short is made again whole, however many pages it has', async () => {
  const bench = await openFileBench({ page: 3 });
  const a = await bench.workflow('a');
  const w = bench.workers.join('w1');
  for (let i = 0; i < 8; i++) drop(w.files, `/in/${i}`);
  const t = await bench.fileTrigger('files', { of: a });
  w.asked = (after) => (after === '/in/5' ? null : undefined);
  const duty = bench.newFileDuty();
  duty.begin(1);
  await bench.clock.advance(MINUTE);
  expect(await bench.firings(t)).toEqual([]);
  expect((await bench.store.watching.knownCounts([t], 99)).get(t)).toBe(6);
  w.asked = null;
  await bench.clock.advance(MINUTE);
  expect(await bench.firings(t)).toMatchObject([{ outcome: 'seen', about: { things: '8' } }]);
  drop(w.files, '/in/4b');
  await bench.clock.advance(MINUTE);
  expect(await bench.started(t)).toEqual(['/in/4b']);
});

test('W7: a worker that goes in the middle of a look leaves what it has found waiting, and nothing is passed over', async () => {
  const { w, t, clock, started, ends, workers } = await opened({ settledMs: 30_000 }, { page: 2 });
  for (const name of ['a', 'b', 'c', 'd']) drop(w.files, `/in/${name}`);
  await clock.advance(MINUTE);
  w.asked = (after) => {
    if (after !== null) workers.leave('w1');
    return undefined;
  };
  await clock.advance(30_000);
  expect(ends.at(-1)).toBe('silent');
  const before = await started(t);
  expect(before).toEqual(['/in/a', '/in/b']);
  workers.join('w1', w.files);
  await clock.advance(3 * MINUTE);
  expect(await started(t)).toEqual(['/in/a', '/in/b', '/in/c', '/in/d']);
});

test('more new files than are acted on at once follow with the next looks, each once', async () => {
  const { w, t, a, clock, started, runsOf, logged } = await opened({}, { page: 7, fires: 20 });
  for (let i = 0; i < 50; i++) drop(w.files, `/in/${i}`);
  await clock.advance(MINUTE);
  expect(await started(t)).toHaveLength(20);
  await clock.advance(10_000);
  expect(await started(t)).toHaveLength(40);
  await clock.advance(10_000);
  expect(new Set(await started(t)).size).toBe(50);
  expect(await runsOf(a)).toHaveLength(50);
  expect(logged).toEqual([]);
});

test('W8: what cannot be started is on record once with the reason, and is started when it can be', async () => {
  const bench = await opened({ mapping: { p: 'name' } });
  const { w, t, a, clock, store, started, firings, written } = bench;
  const event = { type: 'workflow.updated', projectId: 'project-1', workflowInstanceId: null, taskInstanceId: null };
  const online = (is: boolean) => store.workflows.setOnline(a, is, { ...event, at: 1, data: {} } as never);
  await online(false);
  drop(w.files, '/in/x');
  drop(w.files, '/in/${sly}');
  await clock.advance(MINUTE);
  const refused = (await firings(t)).slice(1);
  expect(refused.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['refused', expect.stringContaining('offline')],
    ['refused', expect.stringContaining('offline')],
  ]);
  written.length = 0;
  await clock.advance(5 * MINUTE);
  expect(written).toEqual([]);
  expect((await firings(t)).slice(1)).toEqual(refused);
  await online(true);
  await clock.advance(MINUTE);
  expect(await started(t)).toEqual(['/in/x']);
  expect(await firings(t)).toMatchObject([{}, { reason: expect.stringContaining('placeholder') }, {}]);
  // A leader that knows nothing of it writes nothing again either.
  await bench.duty.end();
  const before = await firings(t);
  const next = bench.newFileDuty();
  next.begin(1);
  await clock.advance(5 * MINUTE);
  expect(await firings(t)).toEqual(before);
});

test('refusals leave room for others, however many they are', async () => {
  const { w, t, clock, started, firings } = await opened({ mapping: { p: 'name' } }, { fires: 3 });
  for (let i = 0; i < 10; i++) drop(w.files, `/in/\${${i}}`);
  drop(w.files, '/in/z');
  await clock.advance(3 * MINUTE);
  expect(await started(t)).toEqual(['/in/z']);
  expect((await firings(t)).filter(({ outcome }) => outcome === 'refused')).toHaveLength(10);
});

test('W1, W3: a trigger that was changed is looked for anew, and one with another config or put online begins anew', async () => {
  const bench = await opened();
  const { w, t, clock, store, duty, started, watchers } = bench;
  drop(w.files, '/in/1');
  await edit(bench, 1, { description: 'other' });
  duty.nudge();
  await clock.advance(1_000);
  // Nothing of that began anew.
  expect(await started(t)).toEqual(['/in/1']);
  const config: Files = {
    ...{ kind: 'file', path: '/in/*', workerGroup: 'etl', everyMs: 10_000, settledMs: 0, mapping: {} },
  };
  drop(w.files, '/in/2');
  await edit(bench, 2, { config });
  duty.nudge();
  await clock.advance(1_000);
  expect(await started(t)).toEqual(['/in/1']);
  expect(await watchers()).toMatchObject([{ since: 3, number: 2 }]);
  await store.triggers.setOnline(t, false, 'ann', START);
  duty.nudge();
  await clock.advance(1_000);
  const looks = w.looks;
  drop(w.files, '/in/3');
  await clock.advance(MINUTE);
  expect(w.looks).toBe(looks);
  await store.triggers.setOnline(t, true, 'ann', START);
  await clock.advance(6_000);
  drop(w.files, '/in/4');
  await clock.advance(20_000);
  expect(await started(t)).toEqual(['/in/1', '/in/4']);
  await store.triggers.delete(t);
  duty.nudge();
  await clock.advance(1_000);
  drop(w.files, '/in/5');
  await clock.advance(MINUTE);
  expect(await started(t)).toEqual(['/in/1', '/in/4']);
  expect(await watchers()).toEqual([]);
});

test('W1: what somebody changes in the middle of a look wins', async () => {
  const bench = await opened();
  const { w, t, clock, store, started, unitFaults, a, runsOf } = bench;
  for (const name of ['1', '2', '3']) drop(w.files, `/in/${name}`);
  let fires = 0;
  unitFaults.before = async (verb) => {
    if (verb !== 'fire') return;
    fires += 1;
    if (fires === 2) await store.triggers.setOnline(t, false, 'ann', START);
  };
  await clock.advance(5 * MINUTE);
  expect(await started(t)).toEqual(['/in/1']);
  expect(await runsOf(a)).toHaveLength(1);
});

test('what is wrong where a worker looks is put down when it changes, and nobody has looked for the first time meanwhile', async () => {
  const bench = await openFileBench();
  const a = await bench.workflow('a');
  const w = bench.workers.join('w1');
  const t = await bench.fileTrigger('files', { of: a });
  w.problem = { code: 'not_found', text: 'There is no folder /in.' };
  const duty = bench.newFileDuty();
  duty.begin(1);
  await bench.clock.advance(3 * MINUTE);
  const watchers = () => bench.store.watching.watchers([t]);
  expect(await watchers()).toMatchObject([{ firstAt: null, problem: w.problem }]);
  expect(bench.written).toEqual(['join', 'looked']);
  w.problem = null;
  drop(w.files, '/in/1');
  await bench.clock.advance(MINUTE);
  expect(await watchers()).toMatchObject([{ firstAt: START + 4 * MINUTE, problem: null }]);
  expect(await bench.started(t)).toEqual([]);
  // Part of it cannot be seen: what can be is acted on.
  w.problem = { code: 'not_allowed', text: `The agent may not read ${'x'.repeat(600)}` };
  drop(w.files, '/in/2');
  await bench.clock.advance(MINUTE);
  expect(await bench.started(t)).toEqual(['/in/2']);
  const [watcher] = await watchers();
  expect(watcher?.problem?.text).toHaveLength(501);
});

test('a part of the folder that nobody may read keeps no first look off, as long as there is something else', async () => {
  const bench = await openFileBench();
  const w = bench.workers.join('w1');
  w.problem = { code: 'not_allowed', text: 'The agent may not read /in/lost+found.' };
  const t = await bench.fileTrigger('files', { of: await bench.workflow('a') });
  const duty = bench.newFileDuty();
  duty.begin(1);
  await bench.clock.advance(MINUTE);
  const firstAt = async () => (await bench.store.watching.watchers([t]))[0]?.firstAt;
  expect(await firstAt()).toBeNull();
  drop(w.files, '/in/1');
  // What fails now may be there the next time, and would be new then.
  const denied = w.problem;
  w.problem = { code: 'failed', text: 'The folder /in/share could not be read.' };
  await bench.clock.advance(MINUTE);
  expect(await firstAt()).toBeNull();
  w.problem = denied;
  await bench.clock.advance(MINUTE);
  expect(await firstAt()).not.toBeNull();
});

test('what a page could not read holds the look back, also when later pages could', async () => {
  const { w, clock, watchers } = await opened({}, { page: 2 });
  for (let i = 0; i < 5; i++) drop(w.files, `/in/${i}`);
  w.problem = { code: 'failed', text: 'The folder /in/share could not be read.' };
  await clock.advance(MINUTE);
  expect(await watchers()).toMatchObject([{ problem: { code: 'failed' } }]);
});

test('more files than are looked at are a problem for people to see, and the first of them are acted on', async () => {
  const { w, t, clock, started, watchers } = await opened({}, { page: 5, files: 10 });
  for (let i = 0; i < 30; i++) drop(w.files, `/in/${String(i).padStart(2, '0')}`);
  await clock.advance(MINUTE);
  expect(await started(t)).toHaveLength(10);
  expect(await watchers()).toMatchObject([{ problem: { code: 'too_many' } }]);
});

test('an object is asked for by one worker at a time, in turns, and is known to all of them', async () => {
  const path = 'https://x.io/a.csv';
  const { w, t, clock, workers, started, firings, watchers } = await opened({ path });
  w.files.clear();
  const [w2, w3] = [workers.join('w2', w.files), workers.join('w3', w.files)];
  const put = (etag: string) => w.files.set(path, { path, size: 3, modifiedAt: null, etag });
  put('"1"');
  await clock.advance(MINUTE);
  expect(await started(t)).toEqual([path]);
  await clock.advance(3 * MINUTE);
  expect([w.looks, w2.looks, w3.looks]).toEqual([2, 2, 1]);
  // One that does not answer leaves its turn to the next.
  w3.asked = () => null;
  put('"2"');
  await clock.advance(MINUTE);
  expect([w.looks, w2.looks, w3.looks]).toEqual([3, 2, 2]);
  expect(await started(t)).toEqual([path, path]);
  expect((await firings(t)).at(-1)?.about).toEqual({ worker: 'the w1', path, size: '3', etag: '"2"' });
  expect(await watchers()).toMatchObject([{ watcher: '*', number: 1 }]);
});

test('of many workers each gets its turn', async () => {
  const { w, clock, workers, t, started } = await opened({}, { workers: 2 });
  const all = [w, ...['w2', 'w3', 'w4', 'w5'].map((id) => workers.join(id))];
  await clock.advance(4 * MINUTE);
  expect(all.map(({ looks }) => looks).sort()).toEqual([1, 2, 2, 2, 2]);
  for (const [i, { files }] of all.entries()) drop(files, `/in/new-${i}`);
  await clock.advance(3 * MINUTE);
  expect((await started(t)).sort()).toEqual([0, 1, 2, 3, 4].map((i) => `/in/new-${i}`));
});

test('W6: a worker that hangs holds up its trigger alone', async () => {
  const bench = await opened();
  const { w, workers, clock, started, fileTrigger, a, t } = bench;
  const hung = workers.join('w2');
  const never = Promise.withResolvers<null>();
  let isHung = false;
  hung.asked = () => {
    if (isHung) return undefined;
    isHung = true;
    return never.promise;
  };
  await clock.advance(MINUTE);
  const other = await fileTrigger('other', { of: a });
  await clock.advance(MINUTE);
  drop(w.files, '/in/new');
  await clock.advance(MINUTE);
  expect(await started(other)).toEqual(['/in/new']);
  expect(await started(t)).toEqual([]);
  never.resolve(null);
  await clock.advance(MINUTE);
  expect(await started(t)).toEqual(['/in/new']);
});

test('a file that is still there is known for good, also when the record of its run is gone', async () => {
  const { w, t, clock, store, started, a, runsOf } = await opened({ everyMs: 3_600_000 });
  drop(w.files, '/in/new');
  const DAY = 86_400_000;
  for (let day = 0; day < 12; day++) {
    await clock.advance(DAY);
    const before = { after: null, limit: 100, before: clock.now() - 7 * DAY };
    for (const what of ['firings', 'watchers', 'things'] as const) await store.master.retention.purge(1, what, before);
  }
  expect(await started(t)).toEqual([]);
  expect(await runsOf(a)).toHaveLength(1);
  expect((await store.watching.knownCounts([t], 9)).get(t)).toBe(2);
  w.files.delete('/in/new');
  for (let day = 0; day < 12; day++) {
    await clock.advance(DAY);
    const before = { after: null, limit: 100, before: clock.now() - 7 * DAY };
    for (const what of ['watchers', 'things'] as const) await store.master.retention.purge(1, what, before);
  }
  expect((await store.watching.knownCounts([t], 9)).get(t)).toBe(1);
});

test('nothing is asked, written or read after the term, and nothing at all without such triggers', async () => {
  const { w, clock, duty, written } = await opened();
  await duty.end();
  const looks = w.looks;
  written.length = 0;
  drop(w.files, '/in/new');
  duty.nudge();
  await clock.advance(10 * MINUTE);
  expect([w.looks, written]).toEqual([looks, []]);
});

test('W1, W2: whatever is lost at whatever moment, each file starts one run over any number of terms', async () => {
  for (let crash = 0; crash < 24; crash++) {
    const bench = await openFileBench({ page: 2 });
    const a = await bench.workflow('a');
    const w = bench.workers.join('w1');
    for (let i = 0; i < 3; i++) drop(w.files, `/in/old-${i}`);
    const t = await bench.fileTrigger('files', {
      of: a,
      files: { everyMs: 10_000, settledMs: crash % 2 ? 15_000 : 0 },
    });
    let steps = 0;
    const fail = () => {
      steps += 1;
      if (steps === Math.floor(crash / 2) + 1) throw new Error('gone');
    };
    bench.unitFaults[crash % 4 < 2 ? 'before' : 'after'] = fail;
    const first = bench.newFileDuty();
    first.begin(1);
    await bench.clock.advance(25_000);
    for (let i = 0; i < 5; i++) drop(w.files, `/in/new-${i}`);
    await bench.clock.advance(crash * 500);
    // Another server leads; the first one does not know yet, and goes on.
    bench.lead(2);
    const second = bench.newFileDuty();
    second.begin(2);
    await bench.clock.advance(60_000);
    await Promise.all([first.end(), second.end()]);
    const third = bench.newFileDuty();
    third.begin(2);
    await bench.clock.advance(60_000);
    await third.end();
    const wanted = [0, 1, 2, 3, 4].map((i) => `/in/new-${i}`);
    expect((await bench.started(t as TriggerId)).sort(), `crash ${crash}`).toEqual(wanted);
    expect(await bench.runsOf(a as WorkflowId), `crash ${crash}`).toHaveLength(5);
  }
});

test('what a worker says over and over does not keep a look going for ever', async () => {
  const { w, clock, watchers } = await opened({}, { page: 2, files: 6 });
  let page = 0;
  const entry = (path: string) => ({ path, size: 1, modifiedAt: 1, etag: null });
  w.asked = () => ({ entries: [entry(`/in/${page++}`), entry(`/in/${page++}`)], isEnd: false, problem: null });
  await clock.advance(MINUTE);
  expect(page).toBe(6);
  expect(await watchers()).toMatchObject([{ problem: { code: 'too_many' } }]);
});
