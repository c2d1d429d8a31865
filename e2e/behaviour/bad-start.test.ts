/**
 * Workers and servers that cannot start as they are told to: each says what to do, ends with its exit code or close code,
 * and changes nothing. Wrong input to a running server: bad-input.test.ts.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startChild } from '../support/child.ts';
import { vaquita } from '../support/cli.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { freePort, serverEnv, startTestServer, type TestServer, VAQUITA } from '../support/server.ts';
import { makeWorkerToken, startTestWorker } from '../support/worker.ts';

let server: TestServer;
let scratch: Scratch;

beforeAll(async () => {
  scratch = createScratch();
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
  scratch?.[Symbol.dispose]();
});

describe('a worker', () => {
  it('with a wrong token ends at once and says what to do', async () => {
    await using worker = await startTestWorker({ url: server.url, token: 'vqw_wrong', name: 'stranger' });
    expect((await worker.ended()).code).toBe(3);
    expect(worker.log()).toMatch(/does not accept the token.*vaquita worker-token create/);
    expect(worker.log()).not.toMatch(/\n\s+at /);
    const { items } = await server.client.workers.list();
    expect(items.some(({ name }) => name === 'stranger')).toBe(false);
  });

  it('with a revoked token', async () => {
    const { id, token } = await server.client.workerTokens.create({ name: 'short-lived' });
    await server.client.workerTokens.revoke(id);
    await using worker = await startTestWorker({ url: server.url, token, name: 'revoked' });
    expect((await worker.ended()).code).toBe(3);
    expect(worker.log()).toMatch(/revoked/);
  });

  it('of another protocol version is told which ones there are', async () => {
    const answer = await greet({ versions: ['9.0'], token: await makeWorkerToken(server) });
    expect(answer.message).toMatchObject({
      type: 'reject',
      code: 'version_unsupported',
      text: expect.stringMatching(/9\.0.*1\.0|1\.0.*9\.0/),
    });
    expect(answer.closeCode).toBe(4003);
    const { items } = await server.client.workers.list();
    expect(items.some(({ name }) => name === 'greeter')).toBe(false);
  });

  it('that says something else first is sent away', async () => {
    const answer = await greet('how do you do?');
    expect(answer.closeCode).toBeGreaterThanOrEqual(4000);
    expect(answer.message?.type).not.toBe('welcome');
  });

  it('with wrong arguments', async () => {
    await using worker = await startTestWorker({ url: 'ftp://nowhere', token: 'x', name: 'odd' });
    expect((await worker.ended()).code).toBe(2);
    expect(worker.log()).toMatch(/ftp:\/\/nowhere/);
  });
});

interface Greeting {
  readonly message: Readonly<Record<string, unknown>> | undefined;
  readonly closeCode: number;
}

/** Opens the worker socket as a program in another language would, says one thing, and hears what comes back. */
async function greet(said: string | Readonly<Record<string, unknown>>): Promise<Greeting> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/worker/socket`, 'vaquita.v1');
  const hello = {
    type: 'hello',
    workerId: '00000000000000000000greeter',
    name: 'greeter',
    groups: ['default'],
    labels: {},
    weight: 100,
    slots: 1,
    heartbeatIntervalMs: 1_000,
    sessionTimeoutMs: 5_000,
    agentVersion: '0',
    runtime: 'test',
    host: 'test',
    taskTypes: ['noop'],
    running: [],
    unsent: [],
  };
  let message: Readonly<Record<string, unknown>> | undefined;
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(typeof said === 'string' ? said : JSON.stringify({ ...hello, ...said })));
    socket.on('message', (data) => {
      message = [JSON.parse(String(data))].flat()[0];
    });
    socket.on('close', (closeCode) => resolve({ message, closeCode }));
  });
}

describe('a server', () => {
  async function failToStart(env: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
    const child = startChild({ args: [VAQUITA, 'start'], env, cwd: scratch.folder });
    const timer = setTimeout(() => child.signal('SIGKILL'), 30_000);
    const { code } = await child.exited;
    clearTimeout(timer);
    // An error for a person, not a stack for a developer.
    expect(child.output()).not.toMatch(/\n\s+at /);
    return { code, output: child.output() };
  }

  it('on a port in use', async () => {
    const squatter = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    try {
      const { code, output } = await failToStart(serverEnv({ dataDir: scratch.path('port-in-use'), port }));
      expect(code).toBe(1);
      expect(output).toMatch(new RegExp(`${port}.*in use`));
      expect(output).toMatch(/VAQUITA_PORT/);
    } finally {
      squatter.close();
    }
  });

  it('with a data folder that cannot be written', async () => {
    // Below a file: nobody can make a folder there, root included.
    scratch.write('a-file', '');
    const dataDir = join(scratch.path('a-file'), 'data');
    const { code, output } = await failToStart(serverEnv({ dataDir, port: await freePort() }));
    expect(code).toBe(1);
    expect(output).toContain(dataDir);
    expect(output).toMatch(/VAQUITA_DATA_DIR/);
    expect(readFileSync(scratch.path('a-file'), 'utf8')).toBe('');
  });

  it('on a database of a newer version leaves it as it is', async () => {
    const dataDir = scratch.path('newer');
    const port = await freePort();
    const first = await startTestServer({ dataDir, port });
    await first.close();
    const file = readdirSync(dataDir).find((name) => name.endsWith('.db'))!;
    const db = new Database(join(dataDir, file));
    db.prepare(
      "insert into schema_migrations (number, name, checksum, applied_at) values (9999, 'from_the_future', 'x', 0)",
    ).run();
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    const sum = () =>
      createHash('sha256')
        .update(readFileSync(join(dataDir, file)))
        .digest('hex');
    const before = sum();

    const { code, output } = await failToStart(serverEnv({ dataDir, port }));
    expect(code).toBe(1);
    expect(output).toMatch(/9999_from_the_future.*newer release/);
    expect(sum()).toBe(before);

    const migrate = await vaquita(['migrate'], { env: { VAQUITA_DATA_DIR: dataDir } });
    expect(migrate.code).toBe(1);
    expect(migrate.stderr).toMatch(/newer release/);
    expect(sum()).toBe(before);
  });

  it('with wrong settings names all of them at once', async () => {
    const env = serverEnv({
      dataDir: scratch.path('settings'),
      port: 1,
      env: { VAQUITA_PORT: 'many', VAQUITA_LOG_LEVEL: 'loud' },
    });
    const { code, output } = await failToStart(env);
    expect(code).toBe(1);
    expect(output).toMatch(/VAQUITA_PORT: "many"/);
    expect(output).toMatch(/VAQUITA_LOG_LEVEL: "loud"/);
  });
});
