/** One server whose database is a libSQL server: real work, a database that dies meanwhile, and starts that cannot succeed. */
import { serve } from '@vaquita/runtime/testing';
import { NO_SQLD, SQLD_BINARY, type Sqld, startSqld } from '@vaquita/store/testing/sqld';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHookGroup, alertWhen, LOCAL_RECEIVERS, onlyAlert, SHARED_KEY } from '../support/alerts.ts';
import { vaquita } from '../support/cli.ts';
import { carriedOut, define, defineAndStart, logOf, start, taskOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import { freePort, serverEnv, startTestServer, type TestServer } from '../support/server.ts';
import { makeWorkerToken, startTestWorker, type TestWorker } from '../support/worker.ts';

const shell = (name: string, script: string, dependsOn: readonly string[] = []) => ({
  ...{ name, type: 'shell', script, dependsOn },
});

describe.skipIf(SQLD_BINARY === undefined)(
  `a libSQL server as the database ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`,
  () => {
    let scratch: Scratch;
    let sqld: Sqld;
    let server: TestServer;
    let worker: TestWorker;

    beforeAll(async () => {
      scratch = createScratch();
      sqld = await startSqld({ auth: true });
      scratch.write('token', `${sqld.token('rw')}\n`);
      server = await startTestServer({
        env: { VAQUITA_DATABASE_URL: sqld.url, VAQUITA_DATABASE_TOKEN_FILE: scratch.path('token') },
      });
      const token = await makeWorkerToken(server);
      worker = await startTestWorker({ url: server.url, token, name: 'w1', client: server.client });
    });

    afterAll(async () => {
      await worker?.close();
      await server?.close();
      await sqld?.close();
      scratch?.[Symbol.dispose]();
    });

    it('keeps a run with its tasks, outputs and logs, also over a restart of the server', async () => {
      const run = await defineAndStart(server.client, {
        name: 'first',
        tasks: [
          {
            ...shell('make', 'echo "made here"\necho "::set-output answer=42"'),
            outputs: [{ name: 'answer', type: 'integer' }],
          },
          shell('use', append(scratch, 'ledger', 'answer $answer'), ['make']),
        ],
      });
      await waitForRun(server.client, run, 'success');
      expect(scratch.lines('ledger')).toEqual(['answer 42']);
      await server.restart();
      expect((await server.client.instances.get(run.id)).state).toBe('success');
      expect(await logOf(server.client, await taskOf(server.client, run, 'make'))).toContain('made here');
    });

    it('goes on with a run when the database was killed and came back, and runs nothing twice', async () => {
      const run = await defineAndStart(server.client, {
        name: 'outage',
        tasks: [
          shell('wait', `${append(scratch, 'outage', 'wait')}\n${waitAt(scratch, 'gate')}`),
          shell('after', append(scratch, 'outage', 'after'), ['wait']),
        ],
      });
      await waitForTask(server.client, run, 'wait', ({ state }) => state === 'running');
      await sqld.kill9();
      scratch.open('gate');
      await sqld.start();
      await waitForRun(server.client, run, 'success');
      expect(scratch.lines('outage')).toEqual(['wait', 'after']);
    });

    it('carries out what is asked of many runs at once', async () => {
      const name = await define(server.client, {
        name: 'many',
        tasks: [shell('a', 'true'), shell('b', 'true', ['a'])],
      });
      const runs = await Promise.all(Array.from({ length: 30 }, () => start(server.client, name)));
      for (const run of runs) await waitForRun(server.client, run, 'success');
      const paused = await defineAndStart(server.client, {
        name: 'held',
        tasks: [shell('a', waitAt(scratch, 'never'))],
      });
      await waitForTask(server.client, paused, 'a', ({ state }) => state === 'running');
      await carriedOut(server.client, server.client.instances.stop(paused.id));
      await waitForRun(server.client, paused, 'stopped');
    });

    it('gives alerts up without a secret key, says why, and sends them again with it', async () => {
      const hook = await serve((_request, response) => response.writeHead(200).end());
      await server.restart({ ...SHARED_KEY, ...LOCAL_RECEIVERS });
      await addHookGroup(server.client, 'hook', hook.port);
      await server.restart({ VAQUITA_ALERT_ATTEMPTS: '1' });
      const run = await defineAndStart(server.client, {
        name: 'fails',
        alerts: { on: 'failure', group: 'hook' },
        tasks: [shell('a', 'false')],
      });
      await waitForRun(server.client, run, 'failure');
      const { id, reason } = await onlyAlert(server.client, { group: 'hook' }, 'failed');
      expect(reason).toContain('Set VAQUITA_SECRET_KEY');
      await server.restart({ ...SHARED_KEY, ...LOCAL_RECEIVERS });
      await server.client.alerts.resend(id);
      await alertWhen(server.client, id, 'sent');
      expect(hook.seen).toHaveLength(1);
    });
  },
);

describe('a start', () => {
  let scratch: Scratch;
  beforeAll(() => {
    scratch = createScratch();
  });
  afterAll(() => scratch?.[Symbol.dispose]());

  async function startWith(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
    const settings = serverEnv({ dataDir: scratch.path('data'), port: await freePort(), env });
    return vaquita(['start', ...args], { env: settings });
  }

  it('with the address of no libSQL server ends and says what to check', async () => {
    const port = await freePort();
    const { code, stderr } = await startWith({}, ['--database-url', `http://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(stderr).toContain(`http://127.0.0.1:${port} does not answer: ECONNREFUSED`);
    expect(stderr).toContain('VAQUITA_DATABASE_URL');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('with a secret in the address is refused without repeating it', async () => {
    const { code, stderr } = await startWith({ VAQUITA_DATABASE_URL: 'libsql://db.example.org?authToken=hush' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/VAQUITA_DATABASE_URL: It carries a secret/);
    expect(stderr).not.toContain('hush');
  });

  it.skipIf(SQLD_BINARY === undefined)('with a wrong token ends and says so', async () => {
    await using sqld = await startSqld({ auth: true });
    const { code, stderr } = await startWith({ VAQUITA_DATABASE_URL: sqld.url, VAQUITA_DATABASE_TOKEN: 'hush' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/refuses the access token/);
    expect(stderr).not.toContain('hush');
  });
});
