// @ts-check
/**
 * What `npm start` runs: the preflight, then the UI if its build is missing or older than its sources, then the server in
 * this same process, so that Ctrl-C and SIGTERM reach it directly.
 */
import './preflight.js';

const { ensureUi } = await import('./build-ui.ts');
await ensureUi();

const main = new URL('../apps/server/src/cli/main.ts', import.meta.url);
process.argv.splice(2, 0, 'start');
await import(main.href);
