/** The ports of task types, with a keeper between the agent and the processes, as it is when the agent runs. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeptProcesses } from '@vaquita/runtime/node/worker';
import type { TaskPorts } from '@vaquita/tasks';
import { createTaskPorts } from '../node-host.ts';
import { KEEPER_PROGRAM } from '../self.ts';
import { silentLog } from './test-agent.ts';

export async function createKeptPorts(): Promise<TaskPorts> {
  const folder = await mkdtemp(join(tmpdir(), 'vaquita-kept-'));
  const program = { command: process.execPath, args: [KEEPER_PROGRAM, join(folder, 'faults.log')], env: {} };
  const kept = createKeptProcesses({ program, log: silentLog });
  return {
    ...(await createTaskPorts()),
    processes: {
      async start({ onOutput, ...order }) {
        const attempt = await mkdtemp(join(folder, 'attempt-'));
        const mark = `ATTEMPT=${attempt}`;
        const options = { folder: attempt, mark, from: 0, hasRoom: () => true, onOutput, onDropped() {} };
        return kept.start({ ...order, id: attempt }, options).started;
      },
    },
  };
}
