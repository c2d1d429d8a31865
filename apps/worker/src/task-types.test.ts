/** The task types on this machine: the contract of all of them, and what is special to each. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskPorts } from '@vaquita/tasks';
import { describeTaskTypes, startAttempt } from '@vaquita/tasks/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTaskPorts } from './node-host.ts';
import { createKeptPorts } from './testing/kept-ports.ts';

describeTaskTypes(createTaskPorts);
describe('through the keeper', () => describeTaskTypes(createKeptPorts));

let ports: TaskPorts;
beforeAll(async () => {
  ports = await createTaskPorts();
});

describe('shell', () => {
  it('gets parameters as variables, and nothing in them is read as shell', async () => {
    const evil = '$(touch pwned); `id`; "; exit 9 #';
    const attempt = await startAttempt(ports, 'shell', {
      params: { evil, 'system.biz.date': '20260130' },
      config: { script: 'echo "$evil/$system_biz_date"; ls' },
    });
    expect(await attempt.end()).toMatchObject({ state: 'success' });
    expect(attempt.log('stdout')).toBe(`${evil}/20260130\nscript.sh\n`);
  });

  it('leaves placeholders of the shell alone', async () => {
    const attempt = await startAttempt(ports, 'shell', { config: { script: 'x=abc; echo "${x}" "${y:-none}"' } });
    await attempt.end();
    expect(attempt.log('stdout')).toBe('abc none\n');
  });

  it('writes its script so that nobody else can read it', async () => {
    const attempt = await startAttempt(ports, 'shell', { config: { script: 'stat -c %a "$0"' } });
    await attempt.end();
    expect(attempt.log('stdout')).toBe('600\n');
  });

  it('keeps the semantics of a plain script: a failing line in the middle ends nothing', async () => {
    const attempt = await startAttempt(ports, 'shell', { config: { script: 'false\necho still here' } });
    expect(await attempt.end()).toMatchObject({ state: 'success', exitCode: 0 });
  });

  it.skipIf(process.platform !== 'linux')('tells what it has used, where the keeper measures it', async () => {
    const kept = await createKeptPorts();
    const attempt = await startAttempt(kept, 'shell', {
      config: { script: 'i=0; while [ $((i += 1)) -lt 400000 ]; do :; done' },
    });
    const { usage } = await attempt.end();
    expect(usage?.cpuMs).toBeGreaterThan(0);
    const unmeasured = await startAttempt(ports, 'shell', { config: { script: 'true' } });
    expect((await unmeasured.end()).usage).toBeNull();
  });

  it('tells the signal that ended it', async () => {
    const attempt = await startAttempt(ports, 'shell', { config: { script: 'kill -KILL $$' } });
    expect(await attempt.end()).toMatchObject({ state: 'failure', signal: 'SIGKILL', exitCode: null });
  });

  it('does not wait for what it leaves behind, and ends it', async () => {
    const attempt = await startAttempt(ports, 'shell', { config: { script: 'sleep 600 & echo $!' } });
    expect(await attempt.end()).toMatchObject({ state: 'success' });
    const left = await readFile(`/proc/${attempt.log('stdout').trim()}/stat`, 'utf8').catch(() => ') Z ');
    expect(left).toMatch(/\) Z /);
  });

  it('keeps characters whole that arrive in pieces', async () => {
    const script = String.raw`printf '\xe2\x82'; sleep 0.1; printf '\xac\n'`;
    const attempt = await startAttempt(ports, 'shell', { config: { script } });
    await attempt.end();
    expect(attempt.log('stdout')).toBe('€\n');
  });

  it('shows output while it runs', async () => {
    const attempt = await startAttempt(ports, 'shell', { config: { script: 'echo early; read -r line < pipe' } });
    await attempt.printed('early\n');
    attempt.run.stop({ state: 'killed', text: 'enough', graceMs: 0 });
    await attempt.end();
  });

  it('says what to do when the parameters are too large for variables', async () => {
    const big = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, 'x'.repeat(120_000)]));
    const attempt = await startAttempt(ports, 'shell', { params: big, config: { script: 'true' } });
    expect(await attempt.end()).toMatchObject({ state: 'failure', error: expect.stringContaining('pass files') });
  });

  it('does not run on nothing in the place of a value that no variable can hold', async () => {
    const params = { city: 'x'.repeat(200_000) };
    const named = await startAttempt(ports, 'shell', { params, config: { script: 'echo "$city"' } });
    expect(await named.end()).toMatchObject({ state: 'failure', error: expect.stringContaining('"city"') });
    const other = await startAttempt(ports, 'shell', { params, config: { script: 'echo fine' } });
    expect(await other.end()).toMatchObject({ state: 'success' });
    expect(other.log('system')).toContain('warning: "city" is too large');
  });

  it('lets a second order shorten the grace of the first', async () => {
    const script = "trap '' TERM; echo begun; while :; do sleep 0.1; done";
    const attempt = await startAttempt(ports, 'shell', { config: { script } });
    await attempt.printed('begun');
    attempt.run.stop({ state: 'killed', text: 'first', graceMs: 600_000 });
    attempt.run.stop({ state: 'killed', text: 'second', graceMs: 0 });
    expect(await attempt.end()).toMatchObject({ state: 'killed', error: 'first', signal: 'SIGKILL' });
  });
});

describe('node', () => {
  it('reads parameters from variables and from the file of all of them', async () => {
    const script = `
      import { readFileSync } from 'node:fs';
      const all = JSON.parse(readFileSync(process.env.VAQUITA_PARAMS, 'utf8'));
      console.log(process.env.city, all['system.biz.date']);`;
    const attempt = await startAttempt(ports, 'node', {
      params: { city: 'Seattle', 'system.biz.date': '20260130' },
      config: { script },
    });
    expect(await attempt.end()).toMatchObject({ state: 'success' });
    expect(attempt.log('stdout')).toBe('Seattle 20260130\n');
  });

  it.each([true, false])('runs TypeScript, whether the runtime strips types or not (%s)', async (runsTypeScript) => {
    const script = 'interface A { b: number }\nconst a: A = { b: 42 };\nconsole.log(a.b satisfies number);';
    const own = runsTypeScript ? ports : { ...ports, node: { ...ports.node, runsTypeScript } };
    const attempt = await startAttempt(own, 'node', { config: { script, language: 'ts' } });
    expect(await attempt.end()).toMatchObject({ state: 'success' });
    expect(attempt.log('stdout')).toBe('42\n');
  });

  it('shows the error of a script on stderr', async () => {
    const attempt = await startAttempt(ports, 'node', { config: { script: 'throw new Error("a bug")' } });
    expect(await attempt.end()).toMatchObject({ state: 'failure', exitCode: 1 });
    expect(attempt.log('stderr')).toContain('Error: a bug');
  });
});

describe('sql', () => {
  async function inFolder(work: (database: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'vaquita-sql-'));
    try {
      await work(join(folder, 'data.db'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('binds parameters, however they look, and shows rows and counts', async () => {
    await inFolder(async (database) => {
      const script = `
        create table cities (name text, days integer);
        insert into cities values (\${name}, \${days}), ('plain', 1);
        select name, days, typeof(days) as kind from cities where days > \${least} order by days desc;`;
      const params = { name: "O'Hare'); drop table cities; --", days: '1461', least: '1', path: database };
      const attempt = await startAttempt(ports, 'sql', {
        params,
        config: { database: '${path}', script },
        outputs: [
          { name: 'name', type: 'string' },
          { name: 'days', type: 'integer' },
        ],
      });
      expect(await attempt.end()).toMatchObject({ state: 'success', outputs: { name: params.name, days: '1461' } });
      expect(attempt.log('stdout')).toContain('statement 2: 2 rows changed');
      expect(attempt.log('stdout')).toContain("| O'Hare'); drop table cities; -- | 1461 | integer |");
    });
  });

  it('is all or nothing', async () => {
    await inFolder(async (database) => {
      const failing = 'create table t (a); insert into t values (1); insert into nowhere values (1)';
      const first = await startAttempt(ports, 'sql', { config: { database, script: failing } });
      expect(await first.end()).toMatchObject({ state: 'failure' });
      expect(first.log('stderr')).toContain('statement 3 of 3 failed');
      const second = await startAttempt(ports, 'sql', { config: { database, script: 'select * from t' } });
      expect(await second.end()).toMatchObject({ state: 'failure' });
      expect(second.log('stderr')).toContain('no such table: t');
    });
  });

  it('runs a script with transactions of its own as it is written', async () => {
    await inFolder(async (database) => {
      const script = `
        create table t (a);
        begin; insert into t values (1); commit;
        begin; insert into t values (2); rollback;
        select count(*) as n from t;`;
      const attempt = await startAttempt(ports, 'sql', {
        config: { database, script },
        outputs: [{ name: 'n', type: 'integer' }],
      });
      expect(await attempt.end()).toMatchObject({ state: 'success', outputs: { n: '1' } });
    });
  });

  it('does not take data for outputs', async () => {
    const script = "select '${setValue(n=666)}' as text, '::set-output n=666' as line, 1 as n";
    const attempt = await startAttempt(ports, 'sql', {
      config: { database: ':memory:', script },
      outputs: [{ name: 'n', type: 'integer' }],
    });
    expect(await attempt.end()).toMatchObject({ state: 'success', outputs: { n: '1' } });
  });

  it('shows a bounded number of rows', async () => {
    const script = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) select i from n';
    const attempt = await startAttempt(ports, 'sql', { config: { database: ':memory:', script } });
    expect(await attempt.end()).toMatchObject({ state: 'success' });
    expect(attempt.log('stdout')).toContain('1000 rows, 900 of them not shown');
  });

  it('fails before anything is run when a parameter is missing', async () => {
    const attempt = await startAttempt(ports, 'sql', { config: { database: ':memory:', script: 'select ${nothing}' } });
    expect(await attempt.end()).toMatchObject({
      state: 'failure',
      error: expect.stringContaining('"nothing"'),
      startedAt: null,
    });
  });
});
