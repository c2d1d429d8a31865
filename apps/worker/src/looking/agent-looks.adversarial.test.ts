/** P11 Looks of a real agent, on a real socket and a real disk: while it drains, with folders that are too large, and over lost connections. */
import { writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_WALKED_ENTRIES, type MasterLook, type WorkerLooked } from '@vaquita/protocol';
import { expect, test } from 'vitest';
import { startJoinedAgent } from '../testing/test-agent.ts';
import type { TestMaster } from '../testing/test-master.ts';

let looks = 0;

async function look(master: TestMaster, path: string, more: Partial<MasterLook> = {}): Promise<WorkerLooked> {
  const lookId = `look-${++looks}`;
  const order = { type: 'look', lookId, path, after: null, limit: 1_000, timeoutMs: 20_000, ...more } as const;
  expect(master.session().send(order)).toBe('queued');
  const answer = () => master.reports.find((one) => one.type === 'looked' && one.lookId === lookId);
  await master.until(() => answer() !== undefined);
  return answer() as WorkerLooked;
}

test('an agent looks while all its slots are taken, and while it drains', async () => {
  await using joined = await startJoinedAgent({ slots: 1 });
  const { folder, master } = joined;
  const landing = join(folder.path, 'landing');
  await mkdir(landing);
  await writeFile(join(landing, 'a.csv'), 'hello');
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 60' } });
  await master.report('started', 'd1');
  expect(await look(master, `${landing}/*.csv`)).toMatchObject({
    entries: [{ path: join(landing, 'a.csv'), size: 5, etag: null }],
    ...{ isEnd: true, problem: null, code: null },
  });
  master.session().send({ type: 'drain', reason: 'maintenance' });
  expect(await look(master, `${landing}/*.txt`)).toMatchObject({ entries: [], isEnd: true, problem: null });
  expect(await look(master, `${folder.path}/missing/*`)).toMatchObject({ entries: [], code: 'not_found' });
  expect(await look(master, 'landing/*.csv')).toMatchObject({ entries: [], code: 'bad_path' });
});

test('a folder of as many files as may be is told page by page; one more is too many', async () => {
  await using joined = await startJoinedAgent();
  const { folder, master } = joined;
  const landing = join(folder.path, 'landing');
  await mkdir(landing);
  const nameOf = (i: number) => join(landing, `${String(i).padStart(6, '0')}.csv`);
  for (let i = 0; i < MAX_WALKED_ENTRIES; i += 1) writeFileSync(nameOf(i), '');
  const first = await look(master, `${landing}/*.csv`);
  expect(first).toMatchObject({ isEnd: false, problem: null });
  expect(first.entries.map(({ path }) => path)).toEqual(Array.from({ length: 1_000 }, (_, i) => nameOf(i)));
  const middle = await look(master, `${landing}/*.csv`, { after: nameOf(51_233), limit: 2 });
  expect(middle.entries.map(({ path }) => path)).toEqual([nameOf(51_234), nameOf(51_235)]);
  const last = await look(master, `${landing}/*.csv`, { after: nameOf(MAX_WALKED_ENTRIES - 3) });
  expect(last).toMatchObject({ isEnd: true, problem: null });
  expect(last.entries).toHaveLength(2);
  await writeFile(join(landing, 'one-more'), '');
  expect(await look(master, `${landing}/*.csv`)).toMatchObject({ entries: [], isEnd: true, code: 'too_many' });
});

test('an answer that nobody waits for any more is not told to the next session', async () => {
  const walking = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using joined = await startJoinedAgent({
    change: (host) => ({
      ...host,
      async *walkFiles() {
        walking.resolve();
        await goOn.promise;
        yield { path: '/in/a', size: 1, modifiedAt: 1 };
      },
    }),
  });
  const { master } = joined;
  const order = { type: 'look', path: '/in/*', after: null, limit: 1, timeoutMs: 20_000 } as const;
  master.session().send({ ...order, lookId: 'before' });
  await walking.promise;
  master.cut();
  await master.until(() => master.hellos.length > 1 && master.isConnected());
  goOn.resolve();
  expect(await look(master, '/in/*')).toMatchObject({ entries: [{ path: '/in/a' }] });
  expect(master.reports.filter((one) => one.type === 'looked')).toHaveLength(1);
});
