/** The floor under tasks that are processes: the same programs, started as the agent starts them, from a bare loop. */
import { spawn } from 'node:child_process';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Starts all of them, so many at a time. @returns how long it took, in ms. */
export async function runBare(programs: readonly Program[], atOnce: number): Promise<number> {
  const from = performance.now();
  const queue = programs.values();
  async function lane(): Promise<void> {
    for (const program of queue) await runOne(program);
  }
  await Promise.all(Array.from({ length: atOnce }, lane));
  return performance.now() - from;
}

function runOne({ command, args }: Program): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
    child.stdout.resume();
    child.stderr.resume();
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}`));
    });
  });
}
