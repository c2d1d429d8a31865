/**
 * Carries out one attempt of a type that is a process: starts what the type has prepared, or goes on with what an agent
 * before this one has started; passes orders to stop on, and says how it ended.
 */
import type { OutputDefinition } from '@vaquita/core';
import type { ProcessEnd, RunningProcess } from './ports.ts';
import { failure, type ProcessTaskType, type TaskContext, type TaskOutcome } from './task-type.ts';

export interface ProcessRun {
  readonly type: ProcessTaskType;
  readonly context: TaskContext;
  /** What lines of stdout may set, where the type lets them. */
  readonly declared: readonly OutputDefinition[];
  /** The program is over; what it printed may still be on its way. */
  onExit(): void;
  /** All of it has come. */
  onEnd(): void;
}

export async function runProcess(run: ProcessRun): Promise<TaskOutcome> {
  const { type, context, declared } = run;
  const plan = await type.prepare(context);
  if ('state' in plan) return plan;
  const starting = context.ports.processes.start({
    command: plan.command,
    args: plan.args,
    cwd: context.workDir,
    env: { ...context.childEnv, ...plan.env },
    outputs: plan.readsOutputs ? declared : null,
    onOutput: context.write,
  });
  return followProcess(run, starting);
}

/** From a process that is being started, runs, or has ended by now, to the outcome. */
export async function followProcess(
  { type, context, onExit, onEnd }: ProcessRun,
  starting: Promise<RunningProcess>,
  onFound: () => void = () => {},
): Promise<TaskOutcome> {
  const running = await starting.catch(startProblem);
  if ('state' in running) return running;
  onFound();
  context.started(running.pid, running.startedAt);
  void running.exited.then(onExit);
  context.onStop(({ graceMs }) => running.kill(graceMs));
  const outcome = outcomeOf(await running.ended);
  onEnd();
  if (outcome.state === 'success') await type.conclude?.(context);
  return outcome;
}

function outcomeOf({ exitCode, signal, outputs, usage = null, lost }: ProcessEnd): TaskOutcome {
  const end = { exitCode, signal, usage, ...(outputs === null ? {} : { outputs }) };
  if (lost !== null) return { ...end, state: 'lost', error: lost };
  if (exitCode === 0) return { ...end, state: 'success', error: null };
  const error = signal === null ? `it ended with exit code ${exitCode}` : `it was ended by the signal ${signal}`;
  return { ...end, state: 'failure', error };
}

/** What a worker lacks is no fault of the task: it is lost here and may be run elsewhere. */
const WORKERS_FAULT: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EMFILE',
  'ENFILE',
  'EAGAIN',
  'ENOMEM',
]);

function startProblem(error: unknown): TaskOutcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  if (code === 'LOST') return { ...failure(reason), state: 'lost' };
  if (WORKERS_FAULT.has(code)) return { ...failure(`this worker could not start it: ${reason}`), state: 'lost' };
  if (code === 'E2BIG') {
    return failure(
      'the parameters together are too large for environment variables; pass files instead of long values',
    );
  }
  return failure(
    code === 'ENOENT' ? `a program is not on this worker: ${reason}` : `the program could not be started: ${reason}`,
  );
}
