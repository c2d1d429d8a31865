#!/usr/bin/env node
/** The `vaquita-worker` program: reads its options, runs the agent until it is told to stop, and says how it ended. */
import { toAppError } from '@vaquita/core';
import { createLogger } from '@vaquita/runtime/node/worker';
import { type AgentEnd, startAgent } from './agent.ts';
import { createNodeHost } from './node-host.ts';
import { HELP, parseCommandLine } from './options.ts';
import { SQL_COMMAND } from './self.ts';
import { runSqlProgram } from './sql-program.ts';
import { AGENT_VERSION } from './version.ts';

const EXIT = { stopped: 0, failed: 1, wrongOptions: 2, badToken: 3, versionUnsupported: 4, workFolder: 5 } as const;

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === SQL_COMMAND && args[1] !== undefined) return runSqlProgram(args[1]);
  const line = parseCommandLine(args, process.env);
  switch (line.type) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT.stopped;
    case 'version':
      process.stdout.write(`${AGENT_VERSION}\n`);
      return EXIT.stopped;
    case 'wrong':
      for (const problem of line.problems) process.stderr.write(`${problem}\n`);
      process.stderr.write('All options: --help\n');
      return EXIT.wrongOptions;
    case 'run':
      return run(line);
  }
}

async function run({ options, graceMs, logLevel }: Extract<ReturnType<typeof parseCommandLine>, { type: 'run' }>) {
  const log = createLogger(logLevel);
  const host = await createNodeHost({ log, workDir: options.workDir });
  const agent = await startAgent(options, host);
  log.info(`Worker ${options.name} with ${options.slots} slots; stop it with Ctrl-C.`, { workDir: options.workDir });
  let asked = 0;
  const stop = (signal: string) => {
    asked += 1;
    if (asked === 1) log.info(`${signal}: waiting up to ${graceMs} ms for running tasks; once more ends them now.`);
    void agent.stop(asked === 1 ? graceMs : 0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return exitCode(await agent.ended);
}

function exitCode(end: AgentEnd): number {
  if (end.type === 'stopped') return EXIT.stopped;
  switch (end.reject.code) {
    case 'bad_token':
    case 'revoked':
      process.stderr.write(
        'The server does not accept the token. Make a new one there with `vaquita worker-token create --name <name>`, and give it in VAQUITA_WORKER_TOKEN.\n',
      );
      return EXIT.badToken;
    case 'version_unsupported':
      process.stderr.write('This agent and the server do not speak the same protocol. Upgrade the older of the two.\n');
      return EXIT.versionUnsupported;
    case 'bad_hello':
    case 'name_in_use':
    case 'evicted':
      return EXIT.wrongOptions;
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    const error = toAppError(thrown);
    process.stderr.write(`${error.message}\n`);
    const folder = error.code === 'conflict' || error.code === 'data_dir_unwritable';
    process.exitCode = folder ? EXIT.workFolder : EXIT.failed;
  },
);
