/** The tables of the README name every fault that is drawn, every rule that is held and every known defect. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BREAKAGES } from './breaks/breakages.ts';
import { ABILITIES } from './scenario/abilities.ts';
import { generateScenario } from './scenario/generate.ts';

const README = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const MODEL = join(import.meta.dirname, 'model');

/** Names in the first cells of the tables. */
const named = new Set(
  README.split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split(' | ')[0]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)),
);

test('every fault', () => {
  const faults = Array.from({ length: 300 }, (_, seed) => generateScenario(seed, ABILITIES).faults).flat();
  expect([...new Set(faults.map(({ what }) => what))].filter((what) => !named.has(what))).toEqual([]);
});

test('whatever becomes of what is sent or given to somebody', () => {
  const scenarios = Array.from({ length: 300 }, (_, seed) => generateScenario(seed, ABILITIES));
  const fates = scenarios.flatMap(({ channels, listeners }) => [
    ...channels.flatMap(({ sends }) => sends),
    ...listeners.flatMap(({ deliveries }) => deliveries),
  ]);
  const cells = new Set([...README.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(new Set(fates.map(({ how }) => how)).size).toBeGreaterThan(9);
  expect(fates.map(({ how }) => how).filter((how) => !cells.has(how))).toEqual([]);
});

test('every rule', () => {
  const sources = readdirSync(MODEL).map((name) => readFileSync(join(MODEL, name), 'utf8'));
  const rules = sources.flatMap((source) =>
    [...source.matchAll(/new Violation\(\s*'([^']+)'/g)].map(([, rule]) => rule!),
  );
  expect(rules.length).toBeGreaterThan(20);
  expect([...new Set(rules)].filter((rule) => !named.has(rule))).toEqual([]);
});

test('every known defect', () => {
  expect(BREAKAGES.map((make) => make().name).filter((name) => !named.has(name))).toEqual([]);
});
