/** A work folder in which something was damaged: by a broken disk, by hand, or by a machine that lost its power. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnAgent } from './testing/spawned-agent.ts';
import { createTestFolder } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

const NOISE = Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7919 + (i >> 3)) % 256));
const ZEROS = Buffer.alloc(4_096);

test.each([
  ['dispatches', NOISE],
  ['dispatches', ZEROS],
  ['results.journal', NOISE],
  ['results.journal', ZEROS],
  ['agent.lock', NOISE],
  ['agent.lock', Buffer.alloc(0)],
  ['keeper-fault.log', NOISE],
  ['tasks/d9/order.json', NOISE],
  ['tasks/d9/order.json', Buffer.from('{"order":{"dispatchId":"d9"}}')],
  ['tasks/d9/sent', NOISE],
  ['tasks/d9', NOISE],
] as const)('%s full of something else stops no agent, and no task', async (name, content) => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const path = join(folder.path, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await using agent = spawnAgent(master, folder.path);
  const ended = agent.exited.then(() => Promise.reject(new Error(`it ended: ${agent.log()}`)));
  await Promise.race([ended, master.until(() => master.heartbeats.length > 0)]);
  master.dispatch({ dispatchId: 'd1', config: { script: 'echo fine' } });
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(master.log('d1')).toBe('fine\n');
});

test('a worker id that cannot be one is replaced, and not in silence', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await writeFile(join(folder.path, 'worker-id'), NOISE);
  await using agent = spawnAgent(master, folder.path);
  await master.until(() => master.heartbeats.length > 0);
  expect(agent.log()).toContain('The stored worker id is damaged');
  expect((await readFile(join(folder.path, 'worker-id'), 'utf8')).trim()).toBe(master.hellos[0]!.workerId);
});
