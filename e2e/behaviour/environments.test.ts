/** Environments and secrets with a real server and a real worker: what arrives, what is masked, and that no value is left anywhere. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, taskOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ each: true });

/** Words that stand nowhere else, so that a search for them finds only a leak. */
const SECRET = 'kwyjibo-4711-zarniwoop';
const OTHER = 'plonk-0815-fiddlestick';

async function makeEnvironment(): Promise<void> {
  const { secrets, environments } = stage.client;
  await secrets.create({ name: 'token', value: SECRET });
  const variables = [
    { name: 'REGION', value: 'eu-central' },
    { name: 'TOKEN', secret: 'token' },
  ];
  await environments.create({ name: 'prod', variables });
}

/** Every file below the folder in which the word stands. */
async function filesWith(folder: string, word: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map(async (file) => ((await readFile(file)).includes(word) ? [file] : [])));
  return found.flat();
}

afterEach(async () => {
  // Whatever a test has done.
  expect(await filesWith(stage.server.dataDir, SECRET)).toEqual([]);
  expect(stage.server.log()).not.toContain(SECRET);
});

describe('a task of an environment', () => {
  it('has its variables and secrets in its process, and masks in its log, its outputs and its failure', async () => {
    await stage.join('w');
    await makeEnvironment();
    const script = [
      // What arrived is told by its length and its end.
      'echo "region=$REGION length=${#TOKEN} end=${TOKEN##*-}"',
      'echo "whole $TOKEN and again $TOKEN."',
      'printf %s "${TOKEN%%-*}"; sleep 0.3; echo "-${TOKEN#*-}!"',
      'echo "err $TOKEN" >&2',
      'echo "::set-output said=$TOKEN"',
    ].join('\n');
    const run = await defineAndStart(stage.client, {
      name: 'shown',
      tasks: [{ name: 'a', type: 'shell', script, environment: 'prod', outputs: [{ name: 'said', type: 'string' }] }],
    });
    await waitForRun(stage.client, run, 'success');
    const task = await taskOf(stage.client, run, 'a');
    const log = await logOf(stage.client, task);
    expect(log).toContain('region=eu-central length=22 end=zarniwoop');
    expect(log).toContain('whole *** and again ***.');
    expect(log).toContain('***!\n');
    expect(log).toContain('err ***');
    expect(log).toContain('the output "said" holds a secret and is kept masked');
    expect(log).not.toContain(SECRET);
    expect(task.outputs).toEqual({ said: '***' });
    const told = await Promise.all([
      stage.client.instances.get(run.id),
      stage.client.instances.tasks(run.id),
      stage.client.instances.why(run.id),
      stage.client.audit.list(),
      stage.client.secrets.get('token'),
      stage.client.environments.get('prod'),
    ]);
    expect(JSON.stringify(told)).not.toContain(SECRET);
    expect(stage.worker('w').log()).not.toContain(SECRET);
  });

  it('gets the one that its run was started with, for which HTTP settings may name variables', async () => {
    await stage.join('w');
    await makeEnvironment();
    const { url, adminToken } = stage.server;
    await stage.client.secrets.create({ name: 'api', value: adminToken });
    const variables = [{ name: 'API_TOKEN', secret: 'api' }];
    await stage.client.environments.create({ name: 'calls', variables });
    const task = {
      ...{ name: 'call', type: 'http', url: `${url}/api/v1/me`, headers: { authorization: 'Bearer ${API_TOKEN}' } },
      extract: { name: 'name' },
      outputs: [{ name: 'name', type: 'string' }],
    };
    const run = await defineAndStart(stage.client, { name: 'calls', tasks: [task] }, { environment: 'calls' });
    await waitForRun(stage.client, run, 'success');
    const call = await taskOf(stage.client, run, 'call');
    expect(call.outputs).toEqual({ name: 'admin' });
    expect(await logOf(stage.client, call)).not.toContain(adminToken);
  });

  it('fails by name when its environment is not there, and runs when it is', async () => {
    await stage.join('w');
    const run = await defineAndStart(stage.client, {
      name: 'missing',
      tasks: [{ name: 'a', type: 'shell', script: 'echo "$TOKEN" | wc -c', environment: 'prod' }],
    });
    await waitForRun(stage.client, run, 'failure');
    const { reason } = await taskOf(stage.client, run, 'a');
    expect(reason?.text).toContain('There is no environment "prod" for this project.');
    await makeEnvironment();
    await stage.client.instances.recoverFailed(run.id);
    await waitForRun(stage.client, run, 'success');
    expect(await logOf(stage.client, await taskOf(stage.client, run, 'a'))).toContain('23');
  });

  it('keeps the environment and its secrets from being deleted, and gets a new value with its next start', async () => {
    await stage.join('w');
    await makeEnvironment();
    const { secrets, environments, workflows } = stage.client;
    const definition = {
      name: 'used',
      tasks: [{ name: 'a', type: 'shell', script: 'echo "end=${TOKEN##*-}"', environment: 'prod' }],
    };
    const run = await defineAndStart(stage.client, definition);
    await waitForRun(stage.client, run, 'success');
    await expect(environments.delete('prod')).rejects.toMatchObject({ status: 409 });
    await expect(secrets.delete('token')).rejects.toMatchObject({ status: 409 });
    await secrets.update('token', { value: OTHER });
    await stage.client.instances.rerun(run.id);
    await eventually('the second time', async () => (await stage.client.instances.get(run.id)).runCounter === 2);
    await waitForRun(stage.client, run, 'success');
    expect(await logOf(stage.client, await taskOf(stage.client, run, 'a'))).toContain('end=fiddlestick');
    const { projectName } = await stage.client.instances.get(run.id);
    await workflows.delete(projectName, 'used');
    await environments.delete('prod');
    await secrets.delete('token');
    expect(await filesWith(stage.server.dataDir, OTHER)).toEqual([]);
  });

  it('goes on being masked when its agent is killed in the middle of a value', async () => {
    const worker = await stage.join('w');
    await makeEnvironment();
    const script = [
      'printf %s "before ${TOKEN%%-*}"',
      append(stage.scratch, 'begun', '1'),
      waitAt(stage.scratch, 'gate'),
      'echo "-${TOKEN#*-} after"',
    ].join('\n');
    const run = await defineAndStart(stage.client, {
      name: 'killed',
      tasks: [{ name: 'a', type: 'shell', script, environment: 'prod' }],
    });
    await waitForTask(stage.client, run, 'a', ({ state }) => state === 'running');
    await eventually('the first half', () => stage.scratch.lines('begun').length === 1);
    await worker.kill9();
    await worker.restart();
    await eventually('the agent to say that it goes on', () => worker.log().includes('Going on with a task'));
    stage.scratch.open('gate');
    await waitForRun(stage.client, run, 'success', 60_000);
    const log = await logOf(stage.client, await taskOf(stage.client, run, 'a'));
    expect(log).toContain('before *** after');
    expect(log).not.toContain('zarniwoop');
  });
});
