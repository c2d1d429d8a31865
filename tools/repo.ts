/** Where the repository is and which files it is made of. For the scripts in this folder; production code never needs it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export const repoRoot = resolve(import.meta.dirname, '..');

/**
 * Paths of all files git tracks or would track, relative to the root, with forward slashes. Files not yet added
 * count too, so that a mistake is found before it is committed; ignored ones do not.
 */
export function listFiles(root: string = repoRoot): string[] {
  const output = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = output.split('\0').filter((path) => path !== '' && existsSync(resolve(root, path)));
  return [...new Set(paths)].sort();
}

/** One thing that is wrong, with its place as `file` or `file:line`. */
export interface Finding {
  readonly place: string;
  readonly message: string;
}

/** Ends a checking script: prints what was found, or that nothing was, and sets the exit status. */
export function report(check: string, findings: readonly Finding[], checked: string): void {
  for (const { place, message } of findings) console.error(`${place}  ${message}`);
  if (findings.length > 0) {
    console.error(`${check}: ${findings.length} ${findings.length === 1 ? 'problem' : 'problems'}`);
    process.exitCode = 1;
  } else {
    console.log(`${check}: ${checked}`);
  }
}
