/** P4: a plugin that heeds nothing ends with its server, even when that was killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SERVER = `
const { createListenerHost } = await import(${JSON.stringify(new URL('./listener-host.ts', import.meta.url).href)});
const { systemClock } = await import(${JSON.stringify(new URL('../system.ts', import.meta.url).href)});
const host = createListenerHost({ clock: systemClock, folder: process.argv[1], builtin: { names: [] } });
const code = 'export default { name: "p", settings: { type: "object" }, onEvent() { console.log(process.pid); for (;;); } }';
void host.use({ instance: { id: 'i', name: 'i' }, plugin: { kind: 'foreign', name: 'p', code }, settings: {} }).deliver({}, 600_000);
const look = setInterval(() => {
  const [line] = host.log('i');
  if (line) { clearInterval(look); console.log(line.text); }
}, 20);
`;

test.skipIf(process.platform === 'win32')('a plugin ends with a server that was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-outlives-'));
  const server = spawn(process.execPath, ['--input-type=module', '-e', SERVER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await new Promise<Buffer>((resolve) => server.stdout.once('data', resolve))).toString().split('\n');
  const pid = Number(line);
  expect(process.kill(pid, 0)).toBe(true);
  server.kill('SIGKILL');
  await expect.poll(() => isThere(pid)).toBe(false);
  rmSync(folder, { recursive: true, force: true });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
