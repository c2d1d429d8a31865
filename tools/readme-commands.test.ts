import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from './repo.ts';

const read = (path: string) => readFileSync(resolve(repoRoot, path), 'utf8');

/** The lines of the shell blocks of README.md, in order. */
const commands = [...read('README.md').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap((match) =>
  (match[1] ?? '').trim().split('\n'),
);

it('has one command to start and one to test', () => {
  expect(commands.slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm run verify']);
});

it('tests in CI with the very command that the README gives', () => {
  const lines = read('.ci/run')
    .split('\n')
    .map((line) => line.trim());
  expect(lines).toContain(commands[1]);
});

it('names the browser installer that CI runs', () => {
  expect(read('.ci/run')).toContain('tools/install-browser.sh');
});
