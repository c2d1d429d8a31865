/**
 * The keeper's program; see `packages/runtime/src/node/kept/keeper.ts`. Its argument is a file that tells of its faults:
 * when it has one, the agent that started it may be gone.
 */
import { appendFileSync } from 'node:fs';
import { runKeeper } from '@vaquita/runtime/node/keeper';

const [faults] = process.argv.slice(2);

process.title = 'vaquita-keeper';
process.on('uncaughtException', (error) => {
  if (faults !== undefined) appendFileSync(faults, `${new Date().toISOString()} ${error.stack ?? error.message}\n`);
  process.exit(1);
});
// K4: whoever stops the agent and all that belongs to it does not mean what watches over its tasks.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

await runKeeper(process.stdin, process.stdout);
process.exit(0);
