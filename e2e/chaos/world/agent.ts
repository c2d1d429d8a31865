/** An agent that dies and comes back on the same work folder, behind a proxy that can fall silent. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, cleanEnv, startChild } from '../../support/child.ts';
import { REPO } from '../../support/server.ts';
import { workerArgs } from '../../support/worker.ts';
import { AGENT_VARIABLE } from '../plan/documents.ts';
import { type Silence, type SilentProxy, startSilentProxy } from './silent-proxy.ts';

const PROGRAM = join(REPO, 'apps', 'worker', 'src', 'main.ts');
/** It is given up three times as long after it fell silent. */
const HEARTBEAT = '2s';

export interface AgentOptions {
  readonly name: string;
  readonly slots: number;
  /** Worker token. */
  readonly token: string;
  readonly servers: readonly { readonly port: number }[];
  /** Its work folder is made in there. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ChaosAgent {
  readonly name: string;
  /** Starts it again when it has ended and nobody has ended it. @returns what it said at last; null when nothing is wrong. */
  reviveIfGone(): string | null;
  start(): void;
  kill9(): Promise<void>;
  freeze(): void;
  thaw(): void;
  silence(mode: Silence): void;
  hear(): void;
  log(): string;
  close(): Promise<void>;
}

export async function createAgent({ name, slots, token, servers, folder, env }: AgentOptions): Promise<ChaosAgent> {
  const workDir = join(folder, `agent-${name}`);
  await mkdir(workDir, { recursive: true });
  const proxies: SilentProxy[] = [];
  for (const { port } of servers) proxies.push(await startSilentProxy(port));
  const url = proxies.map(({ port }) => `http://127.0.0.1:${port}`).join(',');
  const args = [PROGRAM, ...workerArgs({ url, token, name, slots }), '--work-dir', workDir, '--heartbeat', HEARTBEAT];
  let past = '';
  let child: Child | undefined;
  let wanted = false;

  function start(): void {
    wanted = true;
    if (child) past += child.output();
    child = startChild({ args, env: cleanEnv({ ...env, [AGENT_VARIABLE]: name }), cwd: workDir });
  }

  return {
    name,
    reviveIfGone() {
      if (!wanted || child?.isRunning()) return null;
      const last = child?.output().trimEnd().split('\n').at(-1);
      start();
      return `the agent ${name} has ended by itself: ${last}`;
    },
    start,
    async kill9() {
      wanted = false;
      await child?.end('SIGKILL');
    },
    freeze: () => child?.signal('SIGSTOP'),
    thaw: () => child?.signal('SIGCONT'),
    silence(mode) {
      for (const proxy of proxies) proxy.silence(mode);
    },
    hear() {
      for (const proxy of proxies) proxy.hear();
    },
    log: () => past + (child?.output() ?? ''),
    async close() {
      wanted = false;
      child?.signal('SIGCONT');
      await child?.end('SIGTERM', 10_000);
      for (const proxy of proxies) await proxy.close();
    },
  };
}
