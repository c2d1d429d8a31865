/** The whole system under measurement: a server and one worker agent, each a process, on a database of their own. */
import type { InstanceView, TaskInstanceView, VaquitaClient } from '@vaquita/client';
import { isWorkflowTerminal } from '@vaquita/core';
import { eventually } from '../e2e/support/poll.ts';
import { startTestServer } from '../e2e/support/server.ts';
import { startTestWorker } from '../e2e/support/worker.ts';

export const PROJECT = 'bench';

export interface System extends AsyncDisposable {
  readonly client: VaquitaClient;
}

export async function startSystem(slots: number): Promise<System> {
  const server = await startTestServer({ env: { VAQUITA_LOG_LEVEL: 'warn' } });
  try {
    const { token } = await server.client.workerTokens.create({ name: 'bench' });
    const worker = await startTestWorker({ url: server.url, token, name: 'bench', slots, client: server.client });
    await server.client.projects.create({ name: PROJECT });
    return {
      client: server.client,
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

export interface NoopTask {
  readonly name: string;
  readonly type: 'noop';
  readonly dependsOn?: readonly string[];
}

export async function addWorkflow(client: VaquitaClient, name: string, tasks: readonly NoopTask[]): Promise<void> {
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
