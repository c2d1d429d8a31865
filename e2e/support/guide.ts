/** Runs the commands of a guide as they stand there, on one machine in the place of several. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, cleanEnv, startChild } from './child.ts';
import { REPO } from './server.ts';

/** The shell blocks of a page, in order. */
export function shellBlocks(page: string): readonly string[] {
  const text = readFileSync(join(REPO, page), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
}

export interface Machine {
  readonly folder: string;
  /** Runs a block to its end and gives what it printed. @throws when it ends with another status than 0. */
  run(block: string): Promise<string>;
  /** Starts a block whose last command does not end by itself. */
  start(block: string): Child;
}

/** A folder with the programs of this repository; `translate` puts what exists here in the place of what the guide names. */
export function makeMachine(folder: string, translate: (block: string) => string): Machine {
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(REPO, 'node_modules'), join(folder, 'node_modules'));

  // In a process group of its own: what a machine that dies takes along.
  function launch(block: string): Child {
    const args = ['-c', `set -e\n${translate(block)}`];
    return startChild({ command: 'bash', args, cwd: folder, env: cleanEnv({}), ownGroup: true });
  }

  return {
    folder,
    async run(block) {
      const child = launch(block);
      const { code } = await child.exited;
      if (code !== 0) throw new Error(`it ended with ${code}:\n${block}\n${child.output()}`);
      return child.stdout();
    },
    start: launch,
  };
}
