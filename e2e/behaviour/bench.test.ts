/** The benchmarks at small sizes: that they run and say what they promise; their figures mean nothing here. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cleanEnv, startChild } from '../support/child.ts';
import { REPO } from '../support/server.ts';

async function bench(...args: readonly string[]) {
  const child = startChild({ args: [join(REPO, 'bench', 'run.ts'), ...args], env: cleanEnv() });
  const { code } = await child.exited;
  return { code, stdout: child.stdout(), output: child.output() };
}

it('prints one object per figure, each beside its floor', async () => {
  const { code, stdout, output } = await bench('--smoke', '--json');
  expect(code, output).toBe(0);
  const figures = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect([...new Set(figures.map(({ name }) => name))]).toEqual(['fanout', 'chain', 'start']);
  for (const figure of figures) {
    expect(Object.keys(figure).sort()).toEqual(['floor', 'metric', 'name', 'ratio', 'runs', 'unit', 'value']);
    expect(figure.value).toBeGreaterThan(0);
    if (!String(figure.metric).startsWith('floor')) expect(figure.ratio).toBeGreaterThan(0);
  }
});

it('names the benchmarks there are', async () => {
  const { code, output } = await bench('fan-out');
  expect(code).toBe(2);
  expect(output).toContain('fanout, chain, start');
});
