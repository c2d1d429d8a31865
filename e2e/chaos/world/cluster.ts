/** The processes of a chaos run: servers on one database, agents behind proxies, and a folder outside of all of them. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/server.ts';
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts';
import { makeWorkerToken } from '../../support/worker.ts';
import { documentOf, MARKS_VARIABLE, WITNESS_VARIABLE } from '../plan/documents.ts';
import type { ChaosPlan } from '../plan/plan.ts';
import { type ChaosAgent, createAgent } from './agent.ts';
import { type ChaosDatabase, startChaosDatabase } from './chaos-database.ts';
import { type ChaosServer, startChaosServer } from './chaos-server.ts';
import type { Stage } from './injector.ts';
import { PROJECT } from './operator.ts';

const GUARD_MS = 250;
/** Room for the database and the logs of some hours. */
const DISK_MIB = 256;
/** Soon missed, so that others need not wait long for what it held. */
const SERVER_ENV = { VAQUITA_SESSION_TIMEOUT: '2s' };

export interface Cluster extends Stage {
  readonly folder: string;
  /** Why the disk cannot be filled here; null when it can. */
  readonly whyNoDisk: string | null;
  /** Processes that ended, and nobody had ended them: sentences. Each was started again. */
  readonly endedAlone: readonly string[];
  /** What the tasks have told. */
  witness(): Promise<string>;
  /** `keep`: the folder stays, with what every process has printed. */
  close(options: { readonly keep: boolean }): Promise<void>;
}

export async function openCluster(plan: ChaosPlan): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'vaquita-chaos-'));
  const mounted =
    plan.servers > 1
      ? 'several servers keep their data in a libSQL server'
      : mountSmallDisk(join(folder, 'data'), DISK_MIB);
  const disk: SmallDisk | null = typeof mounted === 'string' ? null : mounted;
  const witnessFile = join(folder, 'witness');
  const env = { [WITNESS_VARIABLE]: witnessFile, [MARKS_VARIABLE]: join(folder, 'marks') };
  await mkdir(env[MARKS_VARIABLE]!);
  await writeFile(witnessFile, '');
  let database: ChaosDatabase | null = null;
  const servers: ChaosServer[] = [];
  const agents = new Map<string, ChaosAgent>();
  const endedAlone: string[] = [];
  const guard = setInterval(() => {
    for (const process of [...servers, ...agents.values()]) {
      const how = process.reviveIfGone();
      if (how) endedAlone.push(how);
    }
  }, GUARD_MS);

  async function keepLogs(): Promise<void> {
    await writeFile(join(folder, 'plan.json'), JSON.stringify(plan, null, 2));
    for (const [nth, { server }] of servers.entries()) await writeFile(join(folder, `server-${nth}.log`), server.log());
    for (const agent of agents.values()) await writeFile(join(folder, `${agent.name}.log`), agent.log());
    if (disk) await cp(disk.folder, join(folder, 'data-at-the-end'), { recursive: true });
  }

  const cluster: Cluster = {
    folder,
    servers,
    agents,
    disk,
    get database() {
      return database;
    },
    endedAlone,
    whyNoDisk: typeof mounted === 'string' ? mounted : null,
    witness: () => readFile(witnessFile, 'utf8'),
    async close({ keep }) {
      clearInterval(guard);
      for (const agent of agents.values()) await agent.close();
      for (const server of servers) await server.close();
      await database?.close();
      if (keep) await keepLogs();
      // What is on the small disk goes with it.
      disk?.close();
      if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };

  try {
    if (plan.servers > 1) database = await startChaosDatabase();
    for (let nth = 0; nth < plan.servers; nth++) {
      const port = await freePort();
      // Agents know the servers by other names, and do not let themselves be sent past the proxies that cut them off.
      const shared = { VAQUITA_ADVERTISE_URL: `http://localhost:${port}`, ...secretsOf(servers[0]) };
      const env = { ...SERVER_ENV, ...(database ? { VAQUITA_DATABASE_URL: database.url, ...shared } : {}) };
      const dataDir = join(folder, plan.servers > 1 ? `data-${nth}` : 'data');
      servers.push(await startChaosServer({ dataDir, port, env }));
    }
    const [{ server }] = servers as [ChaosServer];
    const token = await makeWorkerToken(server);
    await fileWorkflows(server.client, plan);
    for (const { name, slots } of plan.agents) {
      const agent = await createAgent({ name, slots, token, servers, folder, env });
      agents.set(name, agent);
      agent.start();
    }
    return cluster;
  } catch (thrown) {
    await cluster.close({ keep: false });
    throw thrown;
  }
}

/** What the first server has made of the database, the others share. */
function secretsOf(first: ChaosServer | undefined): Readonly<Record<string, string>> {
  if (!first) return {};
  const { adminToken, adminPassword } = first.server;
  return { VAQUITA_ADMIN_TOKEN: adminToken, VAQUITA_ADMIN_PASSWORD: adminPassword };
}

async function fileWorkflows(client: ChaosServer['server']['client'], { workflows, groups }: ChaosPlan): Promise<void> {
  await client.projects.create({ name: PROJECT });
  for (const { name, size } of groups) await client.taskGroups.create({ name, size });
  for (const workflow of workflows) {
    await client.workflows.create(PROJECT, documentOf(workflow));
    await client.workflows.online(PROJECT, workflow.name);
  }
}
