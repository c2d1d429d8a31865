/**
 * Three suites. `unit` stands beside the sources, `behaviour` runs whole servers and agents, `ui` drives a real browser.
 * The last two start processes and listen on ports, so their files run one after the other.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Against hanging only: a busy machine is no failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'ui',
          include: ['e2e/ui/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
