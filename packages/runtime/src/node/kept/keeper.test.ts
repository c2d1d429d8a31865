/** The keeper on its own: it keeps going while nobody listens, and starts nothing twice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMessageReader, encodeMessage, type KeeperHint } from './keeper-orders.ts';
import type { KeptEnd } from './spool-format.ts';
import { openSpool } from './spool-writer.ts';

const KEEPER = `import { runKeeper } from ${JSON.stringify(fileURLToPath(new URL('./keeper.ts', import.meta.url)))};
await runKeeper(process.stdin, process.stdout);`;

let folder: string;
let keeper: ChildProcess;
let hints: KeeperHint[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaquita-keeper-'));
  hints = [];
  keeper = spawn(process.execPath, ['--input-type=module-typescript', '--eval', KEEPER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const own = hints;
  const read = createMessageReader<KeeperHint>((hint) => own.push(hint));
  keeper.stdout!.setEncoding('utf8').on('data', read);
});

afterEach(() => {
  keeper.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const attempt = (id: string) => join(folder, id);

function order(id: string, script: string): void {
  mkdirSync(attempt(id), { recursive: true });
  const program = { command: '/bin/sh', args: ['-c', script], cwd: folder, env: { PATH: process.env.PATH! } };
  keeper.stdin!.write(encodeMessage({ id, folder: attempt(id), ...program, outputs: null }));
}

function endOf(id: string): KeptEnd | null {
  try {
    return JSON.parse(readFileSync(join(attempt(id), 'end.json'), 'utf8'));
  } catch {
    return null;
  }
}

const printed = (id: string) => readFileSync(join(attempt(id), 'output.1'), 'utf8');

test('what a program prints and how it ends is on disk, and the agent is told to look', async () => {
  order('one', 'echo out; echo err >&2; exit 3');
  await expect.poll(() => endOf('one')).toMatchObject({ exitCode: 3, signal: null, bytes: 8 });
  expect(printed('one')).toContain('{"out":"out\\n"}');
  expect(printed('one')).toContain('{"err":"err\\n"}');
  expect(hints).toContainEqual({ id: 'one' });
});

test('a program that is not there: the end says so', async () => {
  mkdirSync(attempt('one'));
  const program = { command: '/no/such/program', args: [], cwd: folder, env: {} };
  keeper.stdin!.write(encodeMessage({ id: 'one', folder: attempt('one'), ...program, outputs: null }));
  await expect.poll(() => endOf('one')).toMatchObject({ startProblem: { code: 'ENOENT' } });
});

test('K1: what somebody else has claimed is not started', async () => {
  mkdirSync(attempt('claimed'));
  openSpool(attempt('claimed'), { pid: 1, startTime: null });
  order('claimed', `echo ran > ${folder}/ran`);
  order('next', 'true');
  await expect.poll(() => endOf('next')).toMatchObject({ exitCode: 0 });
  expect(endOf('claimed')).toBeNull();
  expect(() => readFileSync(join(folder, 'ran'))).toThrow(/ENOENT/);
});

test('an attempt whose folder cannot be written is not started, and the agent is told why', async () => {
  const program = { command: '/bin/sh', args: ['-c', `echo ran > ${folder}/ran`], cwd: folder, env: {} };
  keeper.stdin!.write(encodeMessage({ id: 'one', folder: attempt('missing'), ...program, outputs: null }));
  const told = () => hints.find(({ id }) => id === 'one');
  await expect.poll(told).toMatchObject({ problem: { code: 'ENOENT' } });
});

test('K4: an agent that does not listen does not stop it, and one that is gone does not either', async () => {
  keeper.stdout!.pause();
  order('loud', 'i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i+1)); done');
  await expect.poll(() => endOf('loud')).toMatchObject({ exitCode: 0 });
  order('long', 'while [ ! -e go ]; do sleep 0.05; done; echo done');
  await expect.poll(() => printed('long').includes('started')).toBe(true);
  const exited = new Promise((resolve) => keeper.once('exit', resolve));
  keeper.stdin!.destroy();
  keeper.stdout!.destroy();
  openGate();
  await expect.poll(() => endOf('long')).toMatchObject({ exitCode: 0 });
  expect(await exited).toBe(0);
});

function openGate(): void {
  mkdirSync(join(folder, 'go'));
}

test('a ping is answered', async () => {
  keeper.stdin!.write(encodeMessage({ ping: 'p1' }));
  await expect.poll(() => hints).toContainEqual({ id: 'p1' });
});

test('many orders at once are all carried out', async () => {
  for (let i = 0; i < 60; i++) order(`n${i}`, `echo ${i}`);
  for (let i = 0; i < 60; i++) {
    await expect.poll(() => endOf(`n${i}`)).toMatchObject({ exitCode: 0 });
    expect(printed(`n${i}`)).toContain(`{"out":"${i}\\n"}`);
  }
});
