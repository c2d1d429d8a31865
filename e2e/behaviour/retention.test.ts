/** Old runs go with all that they left, from a real server with a real disk, while new runs go on. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { define, start, waitForRun } from '../support/runs.ts';
import { startTestServer } from '../support/server.ts';

const RUNS = 500;
const AT_ONCE = 25;

async function logsIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  return entries.filter((name) => name.endsWith('.log')).length;
}

it('runs beyond what is kept go with their rows, logs and space, and the newest stay', async () => {
  await using server = await startTestServer({ embeddedWorker: true, env: { VAQUITA_EMBEDDED_WORKER_SLOTS: '8' } });
  const { client } = server;
  // Outputs make rows large, so that there is space to give back.
  const script = 'echo line; echo "::set-output text=$(head -c 3000 /dev/zero | tr "\\\\0" x)"';
  await define(client, {
    name: 'many',
    tasks: [{ name: 'a', type: 'shell', script, outputs: [{ name: 'text', type: 'string' }] }],
  });
  const ids: string[] = [];
  for (let n = 0; n < RUNS; n += AT_ONCE) {
    const some = await Promise.all(Array.from({ length: AT_ONCE }, () => start(client, 'many')));
    for (const run of some) await waitForRun(client, run, 'success');
    ids.push(...some.map(({ id }) => id));
  }
  const file = join(server.dataDir, 'vaquita.db');
  const before = await client.janitor.get();
  expect(before).toMatchObject({ keepRuns: '90d', leads: true, database: { canShrink: true } });
  expect(await logsIn(server.dataDir)).toBeGreaterThanOrEqual(RUNS);
  await server.stop();
  const large = (await stat(file)).size;

  await server.restart({
    VAQUITA_KEEP_RUNS: 'none',
    VAQUITA_KEEP_RUNS_PER_WORKFLOW: '20',
    VAQUITA_JANITOR_INTERVAL: '7d',
  });
  const dry = await vaquita(['janitor', 'run', '--dry-run'], { server });
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining(`would go: ${RUNS - 20} runs`) });
  expect((await client.instances.get(ids[0]!)).state).toBe('success');

  let fresh = '';
  const passes = (await client.janitor.run()).passes;
  await eventually(
    'the janitor to be done',
    async () => {
      const run = await start(client, 'many');
      await waitForRun(client, run, 'success');
      fresh = run.id;
      return (await client.janitor.get()).passes >= passes;
    },
    { withinMs: 120_000 },
  );
  const { code, stdout } = await vaquita(['janitor', 'run'], { server });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/removed/) });

  await expect(client.instances.get(ids[0]!)).rejects.toMatchObject({ status: 404 });
  expect((await client.instances.get(fresh)).state).toBe('success');
  const left = await client.instances.list({ limit: 500 });
  expect(left.items).toHaveLength(20);
  expect(await logsIn(server.dataDir)).toBeLessThan(60);
  expect((await client.reconciler()).recent).toEqual([]);
  await server.stop();
  expect((await stat(file)).size).toBeLessThan(large / 2);
});
