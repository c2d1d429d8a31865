/** A temporary folder that tasks and tests share: ledgers that tasks append to, gates that tasks wait at. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch extends Disposable {
  readonly folder: string;
  path(name: string): string;
  /** The lines that tasks have appended, in order; none while the file is not there. */
  lines(name: string): readonly string[];
  write(name: string, text: string): void;
  /** Lets the tasks go on that wait at the gate. */
  open(gate: string): void;
}

export function createScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-test-'));
  const path = (name: string) => join(folder, name);
  return {
    folder,
    path,
    lines(name) {
      if (!existsSync(path(name))) return [];
      return readFileSync(path(name), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
    },
    write: (name, text) => writeFileSync(path(name), text),
    open: (gate) => writeFileSync(path(gate), ''),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

/** Shell: appends one line in one write, so that lines of parallel tasks do not mix. */
export function append(scratch: Scratch, file: string, text: string): string {
  return `echo "${text}" >> '${scratch.path(file)}'`;
}

/** Shell: waits until the gate is opened; gives up after a minute, so that no process outlives a failed test for long. */
export function waitAt(scratch: Scratch, gate: string): string {
  return `n=0; while [ ! -e '${scratch.path(gate)}' ]; do n=$((n + 1)); [ "$n" -lt 1200 ] || exit 9; sleep 0.05; done`;
}

/** Shell: `waitAt` for a gate whose path is in a variable, so that each run of a workflow has a gate of its own. */
export function waitAtPathIn(variable: string): string {
  return `n=0; while [ ! -e "$${variable}" ]; do n=$((n + 1)); [ "$n" -lt 600 ] || exit 9; sleep 0.1; done`;
}
