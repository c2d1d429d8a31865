/** Runs the steps of a check, each as a process of its own, and tells how it went. Knows nothing of what they check. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { repoRoot } from '../repo.ts';

export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Vitest runs in it: its output is shown as it comes, and its tests are counted. */
  readonly tests?: true;
  /** One sentence: what to do when the step fails. */
  readonly onFailure: string;
}

interface StepResult {
  readonly ok: boolean;
  readonly output: string;
  readonly passedTests: number;
  readonly failedTests: number;
}

/** Runs the steps in order up to the first that fails. The last line printed is `N passed, M failed`. */
export async function runSteps(steps: readonly Step[], print: (line: string) => void): Promise<boolean> {
  let passed = 0;
  let failed = 0;
  const began = Date.now();
  for (const step of steps) {
    const stepBegan = Date.now();
    if (step.tests) print(`… ${step.name}`);
    const result = await runStep(step);
    const counted = step.tests ? `, ${result.passedTests} tests` : '';
    print(`${result.ok ? '✓' : '✗'} ${step.name} (${seconds(stepBegan)}${counted})`);
    passed += result.passedTests + (result.ok ? 1 : 0);
    failed += result.failedTests;
    if (!result.ok) {
      failed += 1;
      if (result.output.trim() !== '') print(result.output.trimEnd());
      print(`Step "${step.name}" failed. ${step.onFailure}`);
      print(`Again, this step alone: npm run verify -- ${step.name}`);
      break;
    }
  }
  print(`${seconds(began)} in all`);
  print(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

async function runStep(step: Step): Promise<StepResult> {
  if (!step.tests) return { ...(await runProcess(step.command, false)), passedTests: 0, failedTests: 0 };
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-verify-'));
  try {
    const results = join(folder, 'tests.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
    const [program, ...args] = step.command;
    const { ok, output } = await runProcess([program, ...args, ...reporters], true);
    return judgeTests(ok, output, readTests(results));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/** A test step is good only when its process says so and at least one test ran: silence is not success. */
function judgeTests(ok: boolean, output: string, tests: TestCounts | undefined): StepResult {
  const passedTests = tests?.passed ?? 0;
  if (ok && passedTests === 0) return { ok: false, output: 'No test ran.', passedTests, failedTests: 0 };
  return { ok, output, passedTests, failedTests: tests?.failed ?? 0 };
}

function readTests(path: string): TestCounts | undefined {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as { numPassedTests: number; numFailedTests: number };
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    // No report: vitest could not start. Its exit status has already said so.
    return undefined;
  }
}

function runProcess(command: readonly string[], show: boolean): Promise<{ ok: boolean; output: string }> {
  const [program = '', ...args] = command;
  const bin = resolve(repoRoot, 'node_modules/.bin');
  const child = spawn(program, args, {
    cwd: repoRoot,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    // Programs in node_modules/.bin are .cmd files there, which only a shell can start.
    shell: process.platform === 'win32',
  });
  return new Promise((done) => {
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => done({ ok: false, output: `${program} could not be started: ${error.message}` }));
    child.on('close', (code) => done({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
