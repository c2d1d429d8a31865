// @ts-check
/**
 * What `npm start` runs: the preflight, then the UI if its build is missing or older than its sources, then the server in
 * this same process, so that Ctrl-C reaches it directly.
 */
import './preflight.js';

const { ensureUi } = await import('./build-ui.ts');
try {
  await ensureUi();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// A SIGTERM for npm ends npm and its shell, and neither passes it on: without them this process is told to end too.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
}, 500).unref();

const main = new URL('../apps/server/src/cli/main.ts', import.meta.url);
process.argv.splice(2, 0, 'start');
await import(main.href);
