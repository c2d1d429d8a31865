/** An agent in a process of its own, so that it can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { AGENT_PROGRAM } from '../self.ts';
import type { TestMaster } from './test-master.ts';

export interface SpawnedAgent extends AsyncDisposable {
  readonly process: ChildProcess;
  /** What it has written to its log. */
  log(): string;
  /** kill -9; resolves when it is gone. */
  kill9(): Promise<void>;
  readonly exited: Promise<number | null>;
}

export function spawnAgent(master: TestMaster, workDir: string, args: readonly string[] = []): SpawnedAgent {
  const child = spawn(
    process.execPath,
    [
      AGENT_PROGRAM,
      ...['--server', master.url, '--work-dir', workDir, '--name', 'killable', '--slots', '2', '--grace', '1s'],
      ...args,
    ],
    { env: { ...process.env, VAQUITA_WORKER_TOKEN: 'secret' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const kill9 = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { process: child, log: () => log, exited, kill9, [Symbol.asyncDispose]: kill9 };
}
