/** The agent as strangers get it: packed, started by npx in an empty folder, on the Node that the machine has. */
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Child, cleanEnv, startChild } from '../support/child.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, taskOf, waitForRun } from '../support/runs.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { REPO, startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, workerArgs } from '../support/worker.ts';

/** Packing bundles, and npx installs: both take seconds, more on a busy machine. */
const SLOW_MS = 120_000;

let server: TestServer;
let scratch: Scratch;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  scratch = createScratch();
  env = systemEnv();
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
  scratch?.[Symbol.dispose]();
});

/** Without what the repository brings along: its Node, its settings of npm. */
function systemEnv(): Readonly<Record<string, string>> {
  const inherited = Object.entries(cleanEnv()).filter(([name]) => !name.toLowerCase().startsWith('npm_'));
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(inherited), PATH: path.join(delimiter) };
}

async function finish(child: Child, what: string): Promise<string> {
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${child.output()}`);
  return child.stdout();
}

describe('the packed agent', () => {
  it(
    'joins from an empty folder and runs tasks on the Node of the machine',
    async () => {
      const folder = scratch.path('tarballs');
      const empty = scratch.path('empty');
      await mkdir(folder);
      await mkdir(empty);
      const systemNode = (await finish(startChild({ command: 'node', args: ['--version'], env }), 'node')).trim();

      const pack = startChild({
        command: 'npm',
        args: ['pack', '--pack-destination', folder],
        env,
        cwd: join(REPO, 'apps', 'worker'),
      });
      await finish(pack, 'npm pack');
      const [tarball] = readdirSync(folder);
      expect(tarball).toMatch(/^vaquita-worker-.*\.tgz$/);

      const args = workerArgs({ url: server.url, token: await makeWorkerToken(server), name: 'packed', slots: 2 });
      const agent = startChild({
        command: 'npx',
        args: ['--yes', `file:${join(folder, tarball!)}`, ...args, '--work-dir', join(empty, 'work')],
        env,
        cwd: empty,
        ownGroup: true,
      });
      try {
        const worker = await eventually(
          'the agent to be online',
          async () =>
            (await server.client.workers.list()).items.find(
              ({ name, state }) => name === 'packed' && state === 'online',
            ),
          { withinMs: SLOW_MS, evidence: () => agent.output() },
        );
        expect(worker.runtime).toContain(systemNode.replace(/^v/, ''));

        const database = scratch.path('packed.db');
        const run = await defineAndStart(server.client, {
          name: 'on-the-packed-agent',
          tasks: [
            {
              name: 'shell',
              type: 'shell',
              script: 'echo "from the shell"; echo "::set-output word=hello"',
              outputs: [{ name: 'word', type: 'string' }],
            },
            {
              name: 'node',
              type: 'node',
              script: 'console.log(process.env.word, process.version);',
              dependsOn: ['shell'],
            },
            {
              name: 'sql',
              type: 'sql',
              database,
              script: 'create table t (word text); insert into t values (${word}); select word as stored from t;',
              outputs: [{ name: 'stored', type: 'string' }],
              dependsOn: ['shell'],
            },
          ],
        });
        await waitForRun(server.client, run, 'success');
        expect(await logOf(server.client, await taskOf(server.client, run, 'shell'))).toContain('from the shell');
        expect(await logOf(server.client, await taskOf(server.client, run, 'node'))).toContain(`hello ${systemNode}`);
        expect((await taskOf(server.client, run, 'sql')).outputs).toEqual({ stored: 'hello' });
      } finally {
        await agent.end('SIGTERM', 10_000);
      }
      await eventually('the worker to be offline', async () => {
        const { items } = await server.client.workers.list();
        return items.find(({ name }) => name === 'packed')?.state === 'offline';
      });
    },
    2 * SLOW_MS,
  );
});
