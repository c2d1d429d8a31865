#!/usr/bin/env node
/** The `vaquita-worker` program: reads its options, runs the agent until it is told to stop, and says how it ended. */
import { toAppError } from '@vaquita/core';
import { createLogger } from '@vaquita/runtime/node/worker';
import { type Agent, type AgentEnd, startAgent } from './agent.ts';
import { EXITS } from './exits.ts';
import { HELP } from './help.ts';
import type { AgentLog } from './host.ts';
import { createNodeHost } from './node-host.ts';
import { parseCommandLine } from './options.ts';
import { SQL_COMMAND } from './self.ts';
import { runSqlProgram } from './sql-program.ts';
import { AGENT_VERSION } from './version.ts';
import { startWatchdog } from './watchdog.ts';

/** How long the event loop may stand still at least, whatever the session timeout. */
const MIN_STILL_MS = 30_000;
const ROOM_RETRY_MS = 10_000;

type RunLine = Extract<ReturnType<typeof parseCommandLine>, { type: 'run' }>;

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === SQL_COMMAND && args[1] !== undefined) return runSqlProgram(args[1]);
  const line = parseCommandLine(args, process.env);
  switch (line.type) {
    case 'help':
      process.stdout.write(HELP);
      return EXITS.stopped.code;
    case 'version':
      process.stdout.write(`${AGENT_VERSION}\n`);
      return EXITS.stopped.code;
    case 'wrong':
      for (const problem of line.problems) process.stderr.write(`${problem}\n`);
      process.stderr.write('All options: --help\n');
      return EXITS.wrongOptions.code;
    case 'run':
      return run(line);
  }
}

async function run({ options, graceMs, logLevel }: RunLine): Promise<never> {
  const log = createLogger(logLevel);
  const host = await createNodeHost({ log, setLogLevel: log.setLevel, workDir: options.workDir });
  const watchdog = startWatchdog(Math.max(options.sessionTimeoutMs, MIN_STILL_MS), log);
  const agent = await startWhenThereIsRoom(() => startAgent(options, host), log);
  log.info(`Worker ${options.name} with ${options.slots} slots; stop it with Ctrl-C.`, { workDir: options.workDir });
  let asked = 0;
  const stop = (signal: string) => {
    asked += 1;
    if (asked === 1) log.info(`${signal}: waiting up to ${graceMs} ms for running tasks; once more ends them now.`);
    void agent.stop(asked === 1 ? graceMs : 0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGUSR2', (signal) => {
    log.info(`${signal}: ending at once; running tasks go on, for the next agent in this work folder.`);
    void agent.leave();
  });
  const end = await agent.ended;
  watchdog.close();
  if (end.type === 'deaf') {
    log.error('Ending, to be started again: this worker was alive and ran nothing. Its tasks go on.', {
      because: end.text,
    });
  }
  // What is left, such as a request of a task, is not waited for.
  process.exit(exitCode(end));
}

/** A full disk is no reason to be started again and again: it is waited for. */
async function startWhenThereIsRoom(start: () => Promise<Agent>, log: AgentLog): Promise<Agent> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!hasNoRoom(error)) throw error;
      log.error(`${toAppError(error).message} Trying again in ${ROOM_RETRY_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, ROOM_RETRY_MS));
    }
  }
}

function hasNoRoom(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && (at.code === 'ENOSPC' || at.code === 'EDQUOT')) return true;
  }
  return false;
}

function exitCode(end: AgentEnd): number {
  if (end.type === 'stopped') return EXITS.stopped.code;
  if (end.type === 'deaf') return EXITS.deaf.code;
  switch (end.reject.code) {
    case 'bad_token':
    case 'revoked':
      process.stderr.write(
        'The server does not accept the token. Make a new one there with `vaquita worker-token create --name <name>`, and give it in VAQUITA_WORKER_TOKEN.\n',
      );
      return EXITS.badToken.code;
    case 'version_unsupported':
      process.stderr.write('This agent and the server do not speak the same protocol. Upgrade the older of the two.\n');
      return EXITS.versionUnsupported.code;
    case 'bad_hello':
    case 'name_in_use':
    case 'evicted':
      return EXITS.wrongOptions.code;
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
    process.exitCode = (folder ? EXITS.workFolder : EXITS.failed).code;
  },
);
