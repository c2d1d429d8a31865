/** The whole system under measurement: a server and one worker agent, each a process, on a database of their own. */
import type { InstanceView, TaskInstanceView, VaquitaClient } from '@vaquita/client';
import { isWorkflowTerminal } from '@vaquita/core';
import { eventually } from '../e2e/support/poll.ts';
import { startTestServer } from '../e2e/support/server.ts';
import { startTestWorker } from '../e2e/support/worker.ts';
import type { TaskDocument } from './workloads.ts';

export const PROJECT = 'bench';

export interface System extends AsyncDisposable {
  readonly client: VaquitaClient;
  readonly serverPid: number;
  readonly workerPid: number;
}

/** @param env Further variables of both processes. */
export async function startSystem(slots: number, env: Readonly<Record<string, string>> = {}): Promise<System> {
  const server = await startTestServer({ env: { VAQUITA_LOG_LEVEL: 'warn', ...env } });
  try {
    const { token } = await server.client.workerTokens.create({ name: 'bench' });
    const { url, client } = server;
    const worker = await startTestWorker({ url, token, name: 'bench', slots, client, env });
    await server.client.projects.create({ name: PROJECT });
    return {
      client,
      serverPid: server.pid,
      workerPid: worker.pid,
      async [Symbol.asyncDispose]() {
        await worker.close();
        await server.close();
      },
    };
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
}

export async function addWorkflow(client: VaquitaClient, name: string, tasks: readonly TaskDocument[]): Promise<void> {
  await client.workflows.create(PROJECT, { name, tasks });
  await client.workflows.online(PROJECT, name);
}

/** Polls seldom, because the question itself is work for the server. Ends are read from the rows, not from the poll. */
export async function waitForSuccess(client: VaquitaClient, id: string, everyMs: number): Promise<InstanceView> {
  const ended = await eventually(
    `run ${id} to end`,
    async () => {
      const instance = await client.instances.get(id);
      return isWorkflowTerminal(instance.state) ? instance : undefined;
    },
    { withinMs: 300_000, everyMs },
  );
  if (ended.state !== 'success') throw new Error(`run ${id} ended as ${ended.state}: ${ended.reason?.text ?? ''}`);
  return ended;
}

export async function tasksOf(client: VaquitaClient, id: string): Promise<readonly TaskInstanceView[]> {
  return (await client.instances.tasks(id)).items;
}

/** Starts a workflow and waits for its end. @returns ms from the call of the API to the end of the run. */
export async function timeRun(client: VaquitaClient, workflow: string, everyMs = 100): Promise<number> {
  return timeRuns(client, [workflow], everyMs);
}

/** The same of several started at once: from the first call to the last end. */
export async function timeRuns(client: VaquitaClient, workflows: readonly string[], everyMs = 100): Promise<number> {
  const from = Date.now();
  const started = await Promise.all(workflows.map((workflow) => client.workflows.start(PROJECT, workflow, {})));
  const ends: number[] = [];
  // One after the other, so that only one question is asked at a time however many runs there are.
  for (const { id } of started) ends.push(Date.parse((await waitForSuccess(client, id, everyMs)).endedAt!));
  return Math.max(...ends) - from;
}
