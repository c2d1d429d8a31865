/** Runs one child process for a task type: its output goes to the log, a stop order to its whole process group. */
import { createLineReader } from './line-reader.ts';
import type { Command } from './ports.ts';
import { failure, type TaskContext, type TaskOutcome } from './task-type.ts';

export interface RunProcessOptions extends Command {
  readonly context: TaskContext;
  /** Variables on top of the context's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether lines of stdout may set outputs. Not for programs that print data of others. */
  readonly readsOutputs: boolean;
}

export async function runProcess(options: RunProcessOptions): Promise<TaskOutcome> {
  const { context } = options;
  const lines = createLineReader((line) => {
    if (options.readsOutputs) context.outputs.addLine(line);
  });
  const running = await context.ports.processes
    .start({
      command: options.command,
      args: options.args,
      cwd: context.workDir,
      env: { ...context.childEnv, ...options.env },
      onOutput(stream, text) {
        context.write(stream, text);
        if (stream === 'stdout') lines.add(text);
      },
    })
    .catch((error: unknown) => failure(startProblem(options.command, error)));
  if ('state' in running) return running;

  context.started(running.pid);
  context.onStop(({ graceMs }) => running.kill(graceMs));
  const { exitCode, signal } = await running.ended;
  lines.end();
  if (exitCode === 0) return { state: 'success', exitCode, signal, error: null };
  const error = signal === null ? `it ended with exit code ${exitCode}` : `it was ended by the signal ${signal}`;
  return { state: 'failure', exitCode, signal, error };
}

function startProblem(command: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'E2BIG') {
    return 'the parameters together are too large for environment variables; pass files instead of long values';
  }
  if (code === 'ENOENT') return `the program ${command} is not on this worker`;
  return `the program ${command} could not be started: ${error instanceof Error ? error.message : String(error)}`;
}
