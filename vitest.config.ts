/**
 * Three suites. `unit` stands beside the sources, `behaviour` runs whole servers and agents, `ui` drives a real browser.
 * The last two start processes and listen on ports, so their files run one after the other.
 */
import { defineConfig } from 'vitest/config';

/** A busy machine is no failure: these limits end what hangs, and say nothing about speed. */
const AGAINST_HANGING = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          ...AGAINST_HANGING,
          // By itself it leaves one core idle: half of what a small machine has.
          maxWorkers: '100%',
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/*/src/**/*.test.ts',
            'tools/**/*.test.ts',
            'bench/**/*.test.ts',
            'sim/**/*.test.ts',
            'e2e/chaos/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'behaviour',
          include: ['e2e/behaviour/**/*.test.ts', 'examples/**/*.test.ts'],
          ...AGAINST_HANGING,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'ui',
          include: ['e2e/ui/**/*.test.ts'],
          ...AGAINST_HANGING,
          fileParallelism: false,
        },
      },
    ],
  },
});
