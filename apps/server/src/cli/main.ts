/** The process of the `vaquita` command: its streams, its signals, its exit code. */
import packageJson from '../../package.json' with { type: 'json' };
import { runCli } from './cli.ts';
import { EXIT } from './command.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The first asks for an orderly end; who asks again does not want to wait for it.
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  });
}

// `vaquita logs … | head` closes the pipe early: that is an end, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    cwd: process.cwd(),
    fetch: (input, init) => fetch(input, init),
    signal: stop.signal,
    print: (line) => process.stdout.write(`${line}\n`),
    write: (text) => process.stdout.write(text),
    note: (line) => process.stderr.write(`${line}\n`),
  },
  packageJson.version,
);
