/** The steps of `npm run verify`, in order: the quick ones first, so that a slip is known within seconds. */
import type { Step } from './run-steps.ts';

export const STEPS: readonly Step[] = [
  {
    name: 'format-lint',
    command: ['biome', 'ci', '--error-on-warnings', '--colors=off', '.'],
    onFailure: 'Run "npx biome check --write ." for what can be mended by itself, and mend the rest by hand.',
  },
  {
    name: 'types',
    command: ['tsc', '-p', 'tsconfig.json'],
    onFailure: 'Mend the types where the compiler points.',
  },
  {
    name: 'types-ui',
    command: ['npm', 'run', '-w', '@vaquita/web', 'check'],
    onFailure: 'Mend what svelte-check reports in apps/web.',
  },
  {
    name: 'imports',
    command: ['node', 'tools/check-imports.ts'],
    onFailure: 'Import through an allowed package, or change the table in tools/imports/table.ts and say why.',
  },
  {
    name: 'migrations',
    command: ['node', 'tools/check-migrations.ts'],
    onFailure: 'Schema, SQL and embedded module disagree: CONTRIBUTING.md says how a migration is made.',
  },
  {
    name: 'unused',
    command: ['knip', '--no-progress', '--treat-config-hints-as-errors'],
    onFailure: 'Delete what nothing uses, or use it.',
  },
  {
    name: 'doc-paths',
    command: ['node', 'tools/check-doc-paths.ts'],
    onFailure: 'Correct the document: it names something that is not in the tree.',
  },
  {
    name: 'tree',
    command: ['node', 'tools/check-tree.ts'],
    onFailure: 'Take out what belongs to one machine, or rename the file.',
  },
  {
    name: 'lockfile',
    command: ['npm', 'ci', '--dry-run'],
    onFailure: 'package-lock.json does not fit package.json: run "npm install" and commit both.',
  },
  {
    name: 'unit',
    command: ['vitest', 'run', '--project', 'unit'],
    tests: true,
    onFailure: 'Run the failing file alone: npx vitest run --project unit <file>.',
  },
  {
    name: 'simulator',
    command: ['node', 'sim/run.ts', '--seeds', '2500'],
    onFailure: 'Replay the seed that is named: npm run sim -- --seed <seed>. sim/README.md says how to read it.',
  },
  {
    name: 'behaviour',
    command: ['vitest', 'run', '--project', 'behaviour'],
    tests: true,
    onFailure: 'Run the failing file alone: npx vitest run --project behaviour <file>.',
  },
  {
    name: 'chaos',
    command: ['node', 'e2e/chaos/run.ts', '--seconds', '45'],
    onFailure: 'Replay it: npm run chaos -- --seconds 45 --seed 1. e2e/chaos/README.md says how to look for the cause.',
  },
  {
    name: 'chaos-cluster',
    command: ['node', 'e2e/chaos/run.ts', '--seconds', '45', '--servers', '3'],
    onFailure:
      'Replay it: npm run chaos -- --seconds 45 --servers 3 --seed 1. e2e/chaos/README.md says how to look for the cause.',
  },
  {
    name: 'build-ui',
    command: ['node', 'tools/build-ui.ts'],
    onFailure: 'Mend what the bundler reports.',
  },
  {
    name: 'ui-budgets',
    command: ['node', 'tools/check-ui-budgets.ts'],
    onFailure: 'The UI has grown: load the part that is named late, or do without it.',
  },
  {
    name: 'browser',
    command: ['node', 'tools/browser-tests.ts'],
    tests: true,
    onFailure: 'Run "npm run e2e:ui". It needs Chromium: tools/install-browser.sh installs it on Debian and Ubuntu.',
  },
];
