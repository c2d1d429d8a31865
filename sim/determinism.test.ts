/** The same seed is the same world, byte for byte; and the model shares nothing with the engine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ABILITIES } from './scenario/abilities.ts';
import { generateScenario } from './scenario/generate.ts';
import { simulate } from './world/simulate.ts';

const MODEL = join(import.meta.dirname, 'model');
const IMPORT = /^(import|export) (type )?[^;]*? from '([^']+)';/gms;

describe('a seed', () => {
  test.each([1, 7, 38, 412, 9_999_999_999])('%d gives the same trace each time', async (seed) => {
    const first = await simulate(generateScenario(seed, ABILITIES));
    const second = await simulate(generateScenario(seed, ABILITIES));
    expect(second.trace).toEqual(first.trace);
    expect(first.trace.length).toBeGreaterThan(5);
  });

  test('is plain data: what is read back from its text is the same scenario', async () => {
    const scenario = generateScenario(5, ABILITIES);
    const copy = JSON.parse(JSON.stringify(scenario));
    expect(copy).toEqual(scenario);
    expect((await simulate(copy)).trace).toEqual((await simulate(scenario)).trace);
  });

  test('differs from others', async () => {
    const traces = await Promise.all([1, 2].map((seed) => simulate(generateScenario(seed, ABILITIES))));
    expect(traces[0]?.trace).not.toEqual(traces[1]?.trace);
  });
});

test('the model imports types of rows and scenarios, and nothing that runs', () => {
  for (const name of readdirSync(MODEL)) {
    for (const [line, , type, from] of readFileSync(join(MODEL, name), 'utf8').matchAll(IMPORT)) {
      const own = from?.startsWith('./') === true;
      expect(own || type !== undefined, `${name}: ${line}`).toBe(true);
      if (!own)
        expect(['@vaquita/core', '@vaquita/registry', '../scenario/scenario.ts'], `${name}: ${line}`).toContain(from);
    }
  }
});
