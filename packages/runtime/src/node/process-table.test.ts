/** Who a process is, told by /proc and by ps. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { carriesMark, identify, isAlive, isGroupDead, listProcesses, signalGroup } from './process-table.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function sleeper(env: Readonly<Record<string, string>> = {}): Promise<number> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env: { ...process.env, ...env } });
  started.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  return child.pid!;
}

async function end(pid: number): Promise<void> {
  const child = started.find((one) => one.pid === pid)!;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe.runIf(process.platform === 'linux').each(['proc', 'ps'] as const)('by %s', (table) => {
  it('a process keeps its identity, and loses it when it ends', async () => {
    const pid = await sleeper();
    const identity = identify(pid, table);
    expect(identity).toEqual({ pid, startTime: expect.stringMatching(/./) });
    expect(identify(pid, table)).toEqual(identity);
    await end(pid);
    expect(identify(pid, table)).toBeNull();
  });

  it('lists every process with its group', async () => {
    const pid = await sleeper();
    const all = await listProcesses(table);
    expect(all.find((one) => one.pid === pid)).toMatchObject({ group: pid, dead: false });
    expect(all.some((one) => one.pid === process.pid)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('another process with the same id is not the same one', async () => {
    const pid = await sleeper();
    const identity = identify(pid)!;
    expect(isAlive(identity)).toBe(true);
    expect(isAlive({ pid, startTime: `1${identity.startTime}` })).toBe(false);
    expect(isAlive({ pid, startTime: identity.startTime!.replace(/@.*/, '@another-boot') })).toBe(false);
    expect(isAlive({ pid, startTime: null })).toBe(false);
  });

  it('a process is told by its mark', async () => {
    const pid = await sleeper({ MARK: 'mine' });
    expect(await carriesMark(pid, 'MARK=mine')).toBe(true);
    expect(await carriesMark(pid, 'MARK=min')).toBe(false);
    expect(await carriesMark(2 ** 22 + 1, 'MARK=mine')).toBe(false);
  });

  it('a group is dead when nobody of it lives', async () => {
    const pid = await sleeper();
    expect(await isGroupDead(pid)).toBe(false);
    expect(signalGroup(pid, 'SIGKILL')).toBe(true);
    await expect.poll(() => isGroupDead(pid)).toBe(true);
    await expect.poll(() => signalGroup(pid, 'SIGKILL')).toBe(false);
  });
});
