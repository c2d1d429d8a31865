import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';

const WATCHDOG = new URL('./watchdog.ts', import.meta.url).href;

/** A process with a watchdog that is to wait two seconds, and what it does then. */
async function run(
  script: string,
): Promise<{ readonly code: number | null; readonly signal: string | null; readonly said: string }> {
  const program = `const { startWatchdog } = await import(${JSON.stringify(WATCHDOG)}); const dog = startWatchdog(2_000, console); ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, said })));
}

test('a process whose event loop stands still is ended, and it is said why', async () => {
  const { signal, said } = await run('for (;;) {}');
  expect(signal).toBe('SIGKILL');
  expect(said).toMatch(/ERROR This worker has done nothing for 2 s and ends itself/);
}, 60_000);

test('one that is busy now and then is let be, and one that is done ends by itself', async () => {
  const busy =
    'for (let i = 0; i < 6; i++) { const until = Date.now() + 400; while (Date.now() < until); await new Promise((done) => setTimeout(done, 200)); }';
  expect(await run(`${busy} process.exitCode = 3; dog.close();`)).toMatchObject({ code: 3, said: '' });
  expect(await run('process.exitCode = 4;')).toMatchObject({ code: 4, said: '' });
}, 60_000);
