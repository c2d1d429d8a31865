/** Runs one attempt of a task type on given ports, and keeps what it said. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@vaquita/core';
import type { FileTransfer } from '../files/file-transfer.ts';
import type { TaskPorts } from '../ports.ts';
import { inheritedEnvironment, runTask, type TaskOrder, type TaskReport, type TaskRun } from '../run-task.ts';
import type { OutputStream } from '../task-type.ts';
import { availableTaskTypes } from '../task-types.ts';

export interface Attempt {
  readonly run: TaskRun;
  readonly workDir: string;
  /** Everything written so far; of one stream when it is named. */
  log(stream?: OutputStream): string;
  /** Resolves when the text has been written. */
  printed(text: string): Promise<void>;
  readonly processIds: (number | null)[];
  /** The report; the folder of the attempt is removed. */
  end(): Promise<TaskReport>;
}

export async function startAttempt(
  ports: TaskPorts,
  type: string,
  order: Partial<TaskOrder>,
  clock: Clock = realClock,
  transfer: FileTransfer | null = null,
): Promise<Attempt> {
  const taskType = availableTaskTypes(ports).get(type)!;
  const workDir = await mkdtemp(join(tmpdir(), 'vaquita-task-'));
  // Like on a worker: a type that does not say it starts processes has no folder.
  if (!taskType.usesProcess) await rm(workDir, { recursive: true });
  const written: { readonly stream: OutputStream; readonly text: string }[] = [];
  const watchers = new Set<() => void>();
  const processIds: (number | null)[] = [];
  const log = (stream?: OutputStream) =>
    written
      .filter((one) => stream === undefined || one.stream === stream)
      .map(({ text }) => text)
      .join('');
  const run = runTask({
    type: taskType,
    order: {
      params: {},
      config: {},
      environment: {},
      outputs: [],
      businessTime: Date.UTC(2026, 0, 31, 12),
      timezone: 'UTC',
      timeoutMs: null,
      ...order,
    },
    clock,
    ports,
    workDir,
    transfer,
    baseEnv: () => inheritedEnvironment(process.env),
    write(stream, text) {
      written.push({ stream, text });
      for (const watcher of watchers) watcher();
    },
    onStarted: (processId) => processIds.push(processId),
  });
  return {
    run,
    workDir,
    log,
    processIds,
    printed(text) {
      return new Promise((resolve) => {
        const watcher = () => {
          if (!log().includes(text)) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
      });
    },
    async end() {
      const report = await run.report;
      await rm(workDir, { recursive: true, force: true });
      return report;
    },
  };
}

const realClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
