/** Agents for tests, on the real machine: real processes, real files, a folder that is removed at the end. */
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type AgentOptions, startAgent } from '../agent.ts';
import type { AgentHost, AgentLog, WorkFolder } from '../host.ts';
import { createNodeHost } from '../node-host.ts';
import { startTestMaster, type TestMaster } from './test-master.ts';

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

/** Whether there is a file or a folder. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

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

/** For `change`: another work folder in the place of the real one. */
export function withFolder(change: (work: WorkFolder) => WorkFolder): (host: AgentHost) => AgentHost {
  return (host) => ({ ...host, openWorkFolder: async (path) => change(await host.openWorkFolder(path)) });
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

export interface JoinedAgent extends AsyncDisposable {
  readonly folder: TestFolder;
  readonly master: TestMaster;
}

/** An agent on a folder of its own that has joined a server of its own. */
export async function startJoinedAgent(options: Omit<TestAgentOptions, 'url' | 'workDir'> = {}): Promise<JoinedAgent> {
  const folder = await createTestFolder();
  const master = await startTestMaster();
  const agent = await startTestAgent({ url: master.url, workDir: folder.path, ...options });
  await master.until(() => master.heartbeats.length > 0);
  return {
    folder,
    master,
    async [Symbol.asyncDispose]() {
      for (const one of [agent, master, folder]) await one[Symbol.asyncDispose]();
    },
  };
}
