import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { decidePreflight } from './preflight.js';

it.each([
  ['v22.18.0', undefined],
  ['v24.21.0', undefined],
  ['v22.17.1', /Node 22\.18 or newer is needed, and this is v22\.17\.1/],
  ['v20.20.2', /comes with the dependencies/],
])('judges Node %s', (version, expected) => {
  const problem = decidePreflight({ version, platform: 'linux', installed: true });
  if (expected === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(expected);
});

it('sends a machine without a bundled Node to get one', () => {
  expect(decidePreflight({ version: 'v20.0.0', platform: 'darwin', installed: true })).toMatch(/Install one/);
});

it('asks for npm ci before anything else', () => {
  expect(decidePreflight({ version: 'v18.0.0', platform: 'linux', installed: false })).toMatch(/Run: npm ci$/);
});

it('stops a start in a clone without dependencies, and lets one with them pass', () => {
  const clone = mkdtempSync(join(tmpdir(), 'vaquita-preflight-'));
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  mkdirSync(join(clone, 'tools'));
  writeFileSync(join(clone, 'package.json'), '{ "type": "module" }');
  for (const file of ['preflight.js', 'start.js']) {
    copyFileSync(resolve(import.meta.dirname, file), join(clone, 'tools', file));
  }
  const stopped = spawnSync(process.execPath, [join(clone, 'tools/start.js')], { encoding: 'utf8' });
  expect(stopped.status).toBe(1);
  expect(stopped.stderr.trim()).toBe('The dependencies are not installed yet. Run: npm ci');

  mkdirSync(join(clone, 'node_modules'));
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), '{}');
  expect(execFileSync(process.execPath, [join(clone, 'tools/preflight.js')], { encoding: 'utf8' })).toBe('');
});
