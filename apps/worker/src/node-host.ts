/** The agent's host on Node. */
import { arch, hostname, platform } from 'node:os';
import { join } from 'node:path';
import {
  attemptFiles,
  connectSocket,
  createFileWalk,
  createHostMeter,
  createKeptProcesses,
  createLoadMeter,
  findShell,
  growingFile,
  type KeeperProgram,
  killLeftovers,
  listAttempts,
  lockWorkDir,
  openJournalFile,
  openWorkerFiles,
  passedFiles,
  systemClock,
  systemRandom,
  taskFiles,
} from '@vaquita/runtime/node/worker';
import type { TaskPorts } from '@vaquita/tasks';
import { createDirectProcesses } from './direct-processes.ts';
import type { AgentHost, AgentLog, WorkFolder } from './host.ts';
import { AGENT_PROGRAM, KEEPER_PROGRAM, SQL_COMMAND } from './self.ts';
import { hasSqlDriver } from './sql-program.ts';
import { stripTypes } from './strip-types.ts';

export interface NodeHostOptions {
  readonly log: AgentLog;
  readonly setLogLevel?: AgentHost['setLogLevel'];
  readonly workDir: string;
}

export async function createNodeHost({ log, setLogLevel, workDir }: NodeHostOptions): Promise<AgentHost> {
  const meter = createHostMeter(workDir);
  const readLoad = createLoadMeter(workDir);
  return {
    clock: systemClock,
    random: systemRandom,
    log,
    ...(setLogLevel === undefined ? {} : { setLogLevel }),
    machine: {
      name: hostname(),
      runtime: `node ${process.versions.node} ${platform()} ${arch()}`,
      env: process.env,
      readFigures: () => meter.read(),
      readLoad,
      killLeftovers,
      close: () => meter.close(),
    },
    taskPorts: await createTaskPorts(),
    kept: process.platform === 'win32' ? null : createKeptProcesses({ program: keeperProgram(workDir), log }),
    passedFiles,
    walkFiles: createFileWalk(),
    openWorkFolder: (path) => openWorkFolder(path, log),
    connect: connectSocket,
  };
}

/** It needs nothing of the agent's environment, its token least of all. */
function keeperProgram(workDir: string): KeeperProgram {
  return { command: process.execPath, args: [KEEPER_PROGRAM, join(workDir, 'keeper-fault.log')], env: {} };
}

export async function createTaskPorts(): Promise<TaskPorts> {
  const runsTypeScript = process.features.typescript === 'strip' || process.features.typescript === 'transform';
  const program = { command: process.execPath, args: ['--disable-warning=ExperimentalWarning'] };
  return {
    processes: createDirectProcesses(),
    files: taskFiles,
    fetch: (url, init) => fetch(url, init),
    shell: await findShell(),
    node: { ...(runsTypeScript ? program : { ...program, args: [] }), runsTypeScript },
    stripTypes,
    sql: (await hasSqlDriver()) ? { command: process.execPath, args: [AGENT_PROGRAM, SQL_COMMAND] } : null,
  };
}

async function openWorkFolder(path: string, log: AgentLog): Promise<WorkFolder> {
  const files = await openWorkerFiles(path);
  const lock = await lockWorkDir(path);
  try {
    const tasks = files.path('tasks');
    const results = await openJournalFile(files.path('results.journal'), log);
    return {
      readIdentity: files.readIdentity,
      writeIdentity: files.writeIdentity,
      results,
      dispatches: growingFile(files.path('dispatches')),
      attempt: (name) => attemptFiles(tasks, name),
      attempts: () => listAttempts(tasks),
      async close() {
        await results.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
