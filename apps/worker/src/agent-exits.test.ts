/** The exit codes of a real agent: what whatever has started it goes by. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXITS } from './exits.ts';
import { type SpawnedAgent, spawnAgent } from './testing/spawned-agent.ts';
import { createTestFolder } from './testing/test-agent.ts';
import { startTestMaster } from './testing/test-master.ts';

async function ends({ exited, log }: SpawnedAgent, exit: keyof typeof EXITS, says: RegExp): Promise<void> {
  expect([await exited, log()]).toEqual([EXITS[exit].code, expect.stringMatching(says)]);
}

test('deaf: it ends after the second time, its task goes on, and the next agent delivers what came of it', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using agent = spawnAgent(master, folder.path);
  await master.until(() => master.heartbeats.length > 0);
  master.dispatch({ dispatchId: 'd1', config: { script: 'while [ ! -e go ]; do sleep 0.05; done; echo done' } });
  await master.report('started', 'd1');
  master.session().close('deaf', 'an echo did not come back in time');
  await master.until(() => master.hellos.length === 2 && master.isConnected());
  master.session().close('deaf', 'an echo did not come back in time');
  await ends(agent, 'deaf', /alive and ran nothing/);
  await writeFile(join(folder.path, 'tasks', 'd1', 'work', 'go'), '');
  await using _ = spawnAgent(master, folder.path);
  expect(await master.result('d1')).toMatchObject({ state: 'success' });
  expect(master.log('d1')).toBe('done\n');
});

test('stopped, whatever was delivered', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using agent = spawnAgent(master, folder.path);
  await master.until(() => master.heartbeats.length > 0);
  agent.process.kill('SIGTERM');
  await ends(agent, 'stopped', /SIGTERM: waiting/);
});

test('wrong options, a token that is refused, a server of another version', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await ends(spawnAgent(master, folder.path, ['--slots', '0']), 'wrongOptions', /--slots must be/);
  master.answer = () => ({ type: 'reject', code: 'revoked', text: 'the token has been revoked' });
  await ends(spawnAgent(master, folder.path), 'badToken', /worker-token create/);
  master.answer = () => ({ type: 'reject', code: 'version_unsupported', text: 'too old' });
  await ends(spawnAgent(master, folder.path), 'versionUnsupported', /Upgrade/);
});

test('a work folder that is in use, or none; whose agent was killed it is free again', async () => {
  await using folder = await createTestFolder();
  await using master = await startTestMaster();
  await using first = spawnAgent(master, folder.path);
  await master.until(() => master.heartbeats.length > 0);
  await ends(spawnAgent(master, folder.path), 'workFolder', /Another agent \(process \d+\)/);
  await first.kill9();
  await using _ = spawnAgent(master, folder.path);
  await master.until(() => master.hellos.length === 2);
  expect((await readdir(folder.path)).filter((name) => name.startsWith('agent.lock'))).toEqual(['agent.lock']);
  await writeFile(join(folder.path, 'file'), '');
  await ends(spawnAgent(master, join(folder.path, 'file')), 'workFolder', /cannot be written/);
});
