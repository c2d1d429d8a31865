/** The first start, the first run, and the ends of the server: what a person sees who has just cloned the repository. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, taskOf, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, createScratch, waitAt } from '../support/scratch.ts';
import { startTestServer } from '../support/server.ts';

const SIGN_IN = /Sign in as admin with the password (\S+)/;

describe('the first start', () => {
  it('prints a password that works, runs an example to its end, and ends with status 0 on Ctrl-C', async () => {
    await using server = await startTestServer({
      embeddedWorker: true,
      examples: true,
      // Not set: the server makes one.
      env: { VAQUITA_ADMIN_PASSWORD: '', VAQUITA_ADMIN_TOKEN: '' },
    });
    // The server is ready a moment before it greets.
    const password = await eventually('the password', () => SIGN_IN.exec(server.log())?.[1], { evidence: server.log });
    expect(server.log()).toContain(server.url);

    const signIn = (secret: string) =>
      fetch(`${server.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'admin', password: secret }),
      });
    expect((await signIn(`${password}x`)).status).toBe(401);
    const answer = await signIn(password);
    expect(answer.ok).toBe(true);
    const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
    const me = await fetch(`${server.url}/api/v1/me`, { headers: { cookie } });
    expect(await me.json()).toMatchObject({ name: 'admin' });

    // On the server's own machine the command line needs no token: the data folder has one.
    const env = { VAQUITA_DATA_DIR: server.dataDir, VAQUITA_PORT: String(server.port) };
    const run = await vaquita(['run', 'examples/weather-report', '--follow'], { env });
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(existsSync(join(server.dataDir, 'examples', 'weather-report', 'report.html'))).toBe(true);

    expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null });

    const before = server.log();
    await server.restart();
    expect(server.log().slice(before.length)).not.toMatch(SIGN_IN);
    expect((await signIn(password)).ok).toBe(true);
    const again = await vaquita(['run', 'examples/weather-report', '--follow'], { env });
    expect(again.stdout).toContain('weather-report#2');
    expect(again.code).toBe(0);
  });
});

describe('Ctrl-C with a running task', () => {
  it('lets a task end that ends within the grace, and goes on from there after the next start', async () => {
    using scratch = createScratch();
    await using server = await startTestServer({ embeddedWorker: true });
    const run = await defineAndStart(server.client, {
      name: 'graceful',
      tasks: [
        {
          name: 'short',
          type: 'shell',
          script: `${append(scratch, 'ledger', 'begun')}; sleep 1; ${append(scratch, 'ledger', 'ended')}`,
        },
        { name: 'next', type: 'shell', script: append(scratch, 'ledger', 'next'), dependsOn: ['short'] },
      ],
    });
    await eventually('the task to have begun', () => scratch.lines('ledger').length === 1);
    expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(scratch.lines('ledger').slice(0, 2)).toEqual(['begun', 'ended']);

    await server.restart();
    await waitForRun(server.client, run, 'success');
    expect(scratch.lines('ledger')).toEqual(['begun', 'ended', 'next']);
    expect((await tasksOf(server.client, run)).map(({ name, attempt }) => [name, attempt])).toEqual([
      ['short', 1],
      ['next', 1],
    ]);
  });

  it('ends a task that does not, and does it anew after the next start', async () => {
    using scratch = createScratch();
    await using server = await startTestServer({ embeddedWorker: true, env: { VAQUITA_SHUTDOWN_GRACE: '500ms' } });
    const run = await defineAndStart(server.client, {
      name: 'too-long',
      tasks: [
        {
          name: 'long',
          type: 'shell',
          script: `${append(scratch, 'ledger', 'begun')}; echo "attempt"; ${waitAt(scratch, 'gate')}; ${append(scratch, 'ledger', 'ended')}`,
        },
      ],
    });
    await waitForTask(server.client, run, 'long', ({ state }) => state === 'running');
    await eventually('the task to have begun', () => scratch.lines('ledger').length === 1);
    expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null });
    scratch.open('gate');

    await server.restart();
    await waitForRun(server.client, run, 'success', 60_000);
    expect(scratch.lines('ledger')).toEqual(['begun', 'begun', 'ended']);
    const long = await taskOf(server.client, run, 'long');
    expect(long).toMatchObject({ attempt: 2, state: 'success' });
    expect(await logOf(server.client, long)).toContain('attempt');
  });
});
