import { expect, it } from 'vitest';
import type { CommandIo } from '../command.ts';
import { startCommandOf } from './server.ts';

/** Starts a server that only remembers whether it was closed, and presses Ctrl-C once. */
async function startAndStop(env: Record<string, string>) {
  const seen: string[] = [];
  const stop = new AbortController();
  const io: CommandIo = {
    env,
    cwd: '/srv',
    fetch: () => Promise.reject(new Error('nothing is asked')),
    signal: stop.signal,
    print: () => {},
    write: () => {},
    note: (line) => seen.push(line),
  };
  const command = startCommandOf(async () => ({
    startServer: async () => {
      stop.abort();
      return { close: async () => void seen.push('closed') };
    },
  }));
  const code = await command.run({ args: [], options: {} }, io);
  return { code, seen };
}

it.each([
  [{ VAQUITA_SHUTDOWN_GRACE: '90s' }, 'Stopping; running tasks have 1m30s to end. Ctrl-C again ends at once.'],
  [{ VAQUITA_SHUTDOWN_GRACE: '0s' }, 'Stopping. Ctrl-C again ends at once.'],
  [{ VAQUITA_EMBEDDED_WORKER: 'off' }, 'Stopping. Ctrl-C again ends at once.'],
])('with %j the first Ctrl-C says what happens before it happens', async (env, line) => {
  expect(await startAndStop(env)).toEqual({ code: 0, seen: [line, 'closed'] });
});
