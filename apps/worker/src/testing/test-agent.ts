/** Agents for tests, on the real machine: real processes, real files, a folder that is removed at the end. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type AgentOptions, startAgent } from '../agent.ts';
import type { AgentHost, AgentLog } from '../host.ts';
import { createNodeHost } from '../node-host.ts';

export interface TestFolder extends AsyncDisposable {
  readonly path: string;
}

export async function createTestFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'vaquita-worker-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The dispatch ids of the results that wait in a work folder, as a reader of the file sees it. */
export async function storedResults(workDir: string): Promise<string[]> {
  const stored = new Set<string>();
  for (const line of (await readFile(join(workDir, 'results.journal'), 'utf8')).split('\n')) {
    const { put, remove } = line === '' ? {} : JSON.parse(line.slice(line.indexOf('{')));
    if (put !== undefined) stored.add(put);
    else stored.delete(remove);
  }
  return [...stored];
}

export const silentLog: AgentLog = { debug() {}, info() {}, warn() {}, error() {} };

export interface TestAgent extends AsyncDisposable {
  readonly agent: Agent;
  readonly host: AgentHost;
}

export interface TestAgentOptions extends Partial<AgentOptions> {
  readonly url: string;
  readonly workDir: string;
  readonly change?: (host: AgentHost) => AgentHost;
}

export async function startTestAgent({ url, workDir, change, ...rest }: TestAgentOptions): Promise<TestAgent> {
  const made = await createNodeHost({ log: silentLog, workDir });
  const host = change?.(made) ?? made;
  const agent = await startAgent(
    {
      urls: [url],
      token: 'secret',
      name: 'test-worker',
      groups: ['default'],
      labels: {},
      weight: 1,
      slots: 2,
      workDir,
      ...rest,
    },
    host,
  );
  return { agent, host, [Symbol.asyncDispose]: () => agent.stop(0) };
}
