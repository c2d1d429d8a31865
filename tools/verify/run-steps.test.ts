import { expect, it } from 'vitest';
import { runSteps, type Step } from './run-steps.ts';

const good: Step = { name: 'good', command: ['node', '-e', '0'], onFailure: 'Nothing to do.' };
const bad: Step = {
  name: 'bad',
  command: ['node', '-e', 'console.error("the reason"); process.exit(3)'],
  onFailure: 'Mend it.',
};

async function run(steps: readonly Step[]): Promise<{ ok: boolean; lines: string[] }> {
  const lines: string[] = [];
  const ok = await runSteps(steps, (line) => lines.push(line));
  return { ok, lines };
}

/** A command that leaves the report vitest would leave at the place it is told. */
function reporting(passed: number, failed: number): Step['command'] {
  const code = `require('node:fs').writeFileSync(process.argv.at(-1).split('=')[1],
    JSON.stringify({ numPassedTests: ${passed}, numFailedTests: ${failed} })); process.exitCode = ${failed > 0 ? 1 : 0}`;
  return ['node', '-e', code, '--'];
}

it('counts the steps that passed', async () => {
  const { ok, lines } = await run([good, { ...good, name: 'better' }]);
  expect(ok).toBe(true);
  expect(lines[0]).toMatch(/^✓ good \(\d+\.\d s\)$/);
  expect(lines.at(-1)).toBe('2 passed, 0 failed');
});

it('stops at the first that fails, shows why and says what to do', async () => {
  const { ok, lines } = await run([good, bad, { ...good, name: 'never' }]);
  const text = lines.join('\n');
  expect(ok).toBe(false);
  expect(text).toContain('the reason');
  expect(text).toContain('Mend it.');
  expect(text).toContain('npm run verify -- bad');
  expect(text).not.toContain('never');
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
});

it('says so when a program is missing', async () => {
  const { ok, lines } = await run([{ ...good, command: ['no-such-program-here'] }]);
  expect(ok).toBe(false);
  expect(lines.join('\n')).toMatch(/no-such-program-here/);
});

it('adds the tests to the count', async () => {
  const passing = await run([{ ...good, tests: true, command: reporting(12, 0) }]);
  expect(passing.lines.at(-1)).toBe('13 passed, 0 failed');
  const failing = await run([{ ...good, tests: true, command: reporting(5, 2) }]);
  expect(failing.ok).toBe(false);
  expect(failing.lines.at(-1)).toBe('5 passed, 3 failed');
});

it('takes no test for a failure, whatever the exit status', async () => {
  const { ok, lines } = await run([{ ...good, tests: true, command: reporting(0, 0) }]);
  expect(ok).toBe(false);
  expect(lines.join('\n')).toContain('No test ran.');
});
