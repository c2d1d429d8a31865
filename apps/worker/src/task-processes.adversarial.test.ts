/** The processes of tasks: what ends them, all of them, and what they are not told. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DispatchId, TaskInstanceId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { exists } from './testing/processes.ts';
import { createTestFolder, startJoinedAgent, startTestAgent } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

/** A script that notes the ids of itself and of a grandchild, and would run for an hour. */
const FAMILY = 'bash -c "echo \\$\\$ > $out/grandchild; sleep 3600" & echo $$ > $out/leader; wait';

async function familyOf(out: string): Promise<number[]> {
  const read = (name: string) => readFile(join(out, name), 'utf8').catch(() => '');
  await expect.poll(() => read('grandchild')).toMatch(/\d+\n/);
  await expect.poll(() => read('leader')).toMatch(/\d+\n/);
  return [Number(await read('leader')), Number(await read('grandchild'))];
}

test('a kill ends children and grandchildren', async () => {
  await using joined = await startJoinedAgent();
  const { folder, master } = joined;
  master.dispatch({ dispatchId: 'd1', params: { out: folder.path }, config: { script: FAMILY } });
  const family = await familyOf(folder.path);
  master.kill('d1', 5_000);
  expect(await master.result('d1')).toMatchObject({ state: 'killed', error: 'a test says so' });
  for (const pid of family) expect(await exists(pid)).toBe(false);
});

test('a task that ignores TERM is killed by force after the grace', async () => {
  await using joined = await startJoinedAgent();
  const { master } = joined;
  master.dispatch({ dispatchId: 'd1', config: { script: "trap '' TERM; echo ready; while :; do sleep 0.1; done" } });
  await master.report('output', 'd1');
  master.kill('d1', 200);
  expect(await master.result('d1')).toMatchObject({ state: 'killed', signal: 'SIGKILL' });
});

test('a kill that comes right behind its dispatch finds it, before it has started', async () => {
  await using joined = await startJoinedAgent();
  const { master } = joined;
  master.dispatch({ dispatchId: 'd1', config: { script: 'sleep 600' } });
  master.kill('d1', 0);
  expect(await master.result('d1')).toMatchObject({ state: 'killed' });
});

test('a kill that overtakes its dispatch is answered, and the dispatch is not run any more', async () => {
  await using joined = await startJoinedAgent();
  const { master } = joined;
  master.kill('d1', 0);
  expect(await master.result('d1')).toMatchObject({ state: 'killed', startedAt: null });
  master.dispatch({ dispatchId: 'd1' });
  expect(await master.report('refuse', 'd1')).toMatchObject({ reason: 'duplicate' });
});

test('the token and other secrets of the agent are not in the environment of a task', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  const env = {
    PATH: process.env.PATH,
    VAQUITA_WORKER_TOKEN: 'secret',
    VAQUITA_SECRET_KEY: 'x',
    npm_config__auth: 'y',
  };
  await using _ = await startTestAgent({
    url: master.url,
    workDir: folder.path,
    change: (host) => ({ ...host, machine: { ...host.machine, env } }),
  });
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({
    dispatchId: 'd1',
    taskInstanceId: 't1' as TaskInstanceId,
    config: { script: 'env | cut -d= -f1 | sort' },
  });
  await master.result('d1' satisfies string as DispatchId);
  const names = master.log('d1').split('\n');
  expect(names).toContain('VAQUITA_DISPATCH_ID');
  for (const secret of ['VAQUITA_WORKER_TOKEN', 'VAQUITA_SECRET_KEY', 'npm_config__auth'])
    expect(names).not.toContain(secret);
});
