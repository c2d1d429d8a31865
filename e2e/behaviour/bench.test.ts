/** The benchmarks at small sizes: that they run and say what they promise; their figures mean nothing here. */
import { join } from 'node:path';
import { SQLD_BINARY } from '@vaquita/store/testing/sqld';
import { expect, it } from 'vitest';
import { cleanEnv, startChild } from '../support/child.ts';
import { REPO } from '../support/server.ts';

async function bench(...args: readonly string[]) {
  const child = startChild({ args: [join(REPO, 'bench', 'run.ts'), ...args], env: cleanEnv() });
  const { code } = await child.exited;
  return { code, stdout: child.stdout(), output: child.output() };
}

it('prints one object per figure, each beside its floor', async () => {
  const failover = SQLD_BINARY === undefined ? [] : ['failover', 'alerts-failover'];
  const names = [
    'fanout',
    'chain',
    'dag',
    'start',
    'bigdag',
    'windmill',
    'shell',
    'cron',
    'workers',
    'alerts-hung',
    ...failover,
    'backfill',
  ];
  const { code, stdout, output } = await bench('--smoke', '--json');
  expect(code, output).toBe(0);
  const figures = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect([...new Set(figures.map(({ name }) => name))]).toEqual(names);
  for (const figure of figures) {
    expect(Object.keys(figure).sort()).toEqual(['floor', 'metric', 'name', 'ratio', 'runs', 'unit', 'value']);
    if (/^(lost|repeated|missing|doubled)$/.test(String(figure.metric))) expect(figure.value).toBe(0);
    else if (!/^(sent twice|taken back)$/.test(String(figure.metric))) expect(figure.value).toBeGreaterThan(0);
  }
  // Memory has no floor to be compared with where the system does not tell it, the event loop of a server and a backfill have none.
  const compared = figures.filter(
    ({ metric }) =>
      !/floor|memory|bare|lag|lost|repeated|^alerts$|sent twice|taken back|^runs$|missing|doubled|begin to end/.test(
        String(metric),
      ),
  );
  for (const { ratio } of compared) expect(ratio).toBeGreaterThan(0);
  expect(new Set(compared.map(({ name }) => name)).size).toBe(names.length - 1);
}, 600_000);

it('names the benchmarks there are', async () => {
  const { code, output } = await bench('fan-out');
  expect(code).toBe(2);
  expect(output).toContain(
    'fanout, chain, dag, start, bigdag, windmill, shell, cron, workers, alerts-hung, failover, alerts-failover, backfill',
  );
});
