/**
 * Puts a server together: the only place that knows every package. Starts what depends on something after it and stops
 * it before it; holds no rule of its own.
 */
import { createApi, createMetricsRegistry, DEFAULT_API_SETTINGS, housekeeping } from '@vaquita/api';
import { type CommandRow, createIdSource, openDataSource, openEnvironment, sha256Hex, toAppError } from '@vaquita/core';
import { createMaster, type Lookouts, RECONCILER_CHECKS } from '@vaquita/master';
import { BUILT_IN_LISTENERS } from '@vaquita/plugins';
import { createListenerEngine } from '@vaquita/plugins/engine';
import { socketUrl } from '@vaquita/protocol';
import { migrate, openStore } from '@vaquita/store';
import { createAlertRuns } from './alert-runs.ts';
import { startAlerts } from './alerts.ts';
import { startBackfills } from './backfills.ts';
import { createChanges } from './changes.ts';
import { createEntrance } from './entrance.ts';
import { loadExamples } from './examples.ts';
import { ensureAdmin, ensureAlertGroup, ensureTokens, ensureWorkerToken } from './first-start.ts';
import { greet } from './greet.ts';
import type { EmbeddedWorker, Listening, ServerHost } from './host.ts';
import { createLeaderLease, leaderKnown, leaderSocket } from './lease.ts';
import { registerListenerMetrics } from './listeners/listener-metrics.ts';
import { withLiveFigures } from './live-workers.ts';
import { registerMetrics } from './metrics.ts';
import { ownAddress } from './own-address.ts';
import { listenerSettings, masterSettings, policyOf } from './part-settings.ts';
import { countHints } from './peers/hint-metrics.ts';
import type { Hint } from './peers/hints.ts';
import { createPeers } from './peers/peers.ts';
import { createSigner } from './peers/signing.ts';
import { joinRegistry } from './registry.ts';
import { repeat } from './repeat.ts';
import { startSchedules } from './schedules.ts';
import { openSealing } from './sealing.ts';
import type { ServerSettings } from './settings.ts';
import { startTriggers } from './triggers.ts';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** What a person sees who has just started it. */
  readonly greeting: readonly string[];
  close(): Promise<void>;
}

/** How long answers under way get to end when the server stops. */
const HTTP_GRACE_MS = 2_000;
const HOUSEKEEPING_MS = 3_600_000;
/** Also the name under which the `vaquita` command looks for it. */
const SERVER_URL_FILE = 'server-url';

export async function assembleServer(
  host: ServerHost,
  settings: ServerSettings,
  version: string,
): Promise<RunningServer> {
  const { clock, random, log } = host;
  const closers: (() => Promise<void> | void)[] = [];
  async function closeAll(): Promise<void> {
    for (const close of closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        log.error('Something did not stop in order.', { error: toAppError(error).message });
      }
    }
  }

  try {
    // The port comes first: a start that cannot have it must leave everything as it was.
    const entrance = createEntrance(clock);
    const listening = await host.listen({
      ...{ host: settings.host, port: settings.port, basePath: settings.basePath, ...entrance },
    });
    const closeListening = once(() => listening.close(HTTP_GRACE_MS));
    closers.push(closeListening);

    const ids = createIdSource(clock, random);
    const driver = await host.openDatabase(settings);
    closers.push(() => driver.close());
    await migrate(driver);
    const store = openStore(driver, { clock });
    const sealing = await openSealing(host, settings);
    if (sealing.refusal !== null) log.warn(sealing.refusal);
    const content = await host.openContent(settings);
    closers.push(content.close);
    const { logs } = content;
    closers.push(repeat(clock, HOUSEKEEPING_MS, () => housekeeping({ store, content, clock, log })));

    const metrics = createMetricsRegistry();
    const { url, warning } = ownAddress(settings, listening.url);
    if (warning !== null) log.warn(warning);
    const signer = await createSigner();
    const { publicKey } = signer;
    const about = { settings, listening, version, url, publicKey };
    const registry = await joinRegistry({ driver, host, ids, metrics, ...about });
    const { self } = registry;
    closers.push(registry.close);
    closers.push(closeListening);

    const changes = createChanges();
    const peers = createPeers({
      ...{ selfId: self.id, signer, cluster: registry.cluster, clock, log, fetch: host.fetch },
      heard: (hint) => follow[hint](),
      counted: countHints(metrics),
    });
    closers.push(peers.close);
    const announce = () => {
      changes.announce();
      peers.tell('events');
    };
    const lease = createLeaderLease(self, async () => {
      peers.tell('lease');
      await peers.settled();
    });
    const judgeToken = async (token: string) =>
      (await store.master.workers.findToken(await sha256Hex(token), clock.now()))?.standing ?? 'unknown';
    const sender = await host.openAlertSender(settings);
    closers.push(() => sender.close());
    const from = { address: url, name: self.name };
    const runs = createAlertRuns({
      ...{ store, clock, from },
      filed(command) {
        master.nudge(command);
        announce();
      },
    });
    const alerts = startAlerts({
      ...{ store, sender, runs, sealer: sealing.sealer, ids, clock, random, log, metrics },
      ...{ claimer: self.id, settings, from },
    });
    closers.push(changes.subscribe(alerts.nudge));
    const listeners = await host.openListeners(settings);
    const listenerLogs = listeners.openLogs(store.listenerEngine);
    closers.push(() => listenerLogs.close());
    const listenerEngine = createListenerEngine({
      openLog: listenerLogs.openLog,
      store: store.listenerEngine,
      host: listeners.host,
      sealer: sealing.sealer,
      builtIns: new Set(BUILT_IN_LISTENERS.map(({ name }) => name)),
      ...{ clock, random, ids, log },
      settings: listenerSettings(settings),
    });
    closers.push(changes.subscribe(listenerEngine.nudge));
    const schedules = startSchedules({
      ...{ store, clock, log, metrics },
      filed(commands) {
        for (const command of commands) master.nudge(command);
        announce();
      },
    });
    closers.push(changes.subscribe(schedules.runsChanged));
    const filed = (command: CommandRow) => {
      master.nudge(command);
      announce();
    };
    // The master is made with its duties: what it offers them is there when they work.
    const lookouts: Lookouts = {
      of: (group) => master.lookouts.of(group),
      look: (workerId, wanted) => master.lookouts.look(workerId, wanted),
    };
    const triggers = startTriggers({ store, lookouts, clock, log, metrics, filed });
    closers.push(changes.subscribe(triggers.nudge));
    const backfills = startBackfills({
      ...{ store, clock, ids, log, metrics, settings, announce, filed },
      waitingForRoom: () => master.status()?.room.waitingForAdmission ?? 0,
    });
    closers.push(changes.subscribe(backfills.nudge));
    const master = createMaster({
      lease,
      store: store.master,
      logs: { ...logs, append: told(logs.append, () => peers.tell('logs')) },
      files: content.files,
      clock,
      random,
      ids,
      serverId: self.id,
      serverName: self.name,
      membership: registry.membership,
      duties: [alerts, listenerEngine, schedules, ...triggers.duties, backfills],
      leaderSocket: () => leaderSocket(lease.leadership()),
      judgeToken,
      openNeeds: {
        environment: async (projectId, name) =>
          openEnvironment(name, await store.environmentReader.read(projectId, name), sealing.sealer),
        dataSource: async (projectId, name) =>
          openDataSource(name, await store.dataSourceReader.read(projectId, name), sealing.sealer),
      },
      log,
      defer: host.defer,
      committed: announce,
      settings: masterSettings(settings),
    });
    closers.push(() => master.close());
    await registry.watchServers({
      lost: (id, news) => master.serverLost(id, news && { ...news, led: lease.otherLeader() === id }),
      changed: () => void peers.refresh(),
    });
    const follow: Readonly<Record<Hint, () => void>> = {
      commands: () => master.nudge(),
      taskGroups: master.refreshTaskGroups,
      workerGroups: master.refreshWorkerGroups,
      workers: master.refreshWorkers,
      schedules: schedules.nudge,
      alerts: alerts.nudge,
      listeners: listenerEngine.refresh,
      lease: master.leaseChanged,
      events: changes.announce,
      logs: logs.wake,
    };
    /** Has whoever leads look: here, or elsewhere. */
    const hint = (what: Hint) => () => (lease.leadership().role === 'leader' ? follow[what]() : peers.tell(what));

    registerMetrics(metrics, { master, store, clock, version });
    registerListenerMetrics(metrics, { engine: listenerEngine, clock });
    let isSetUp = false;
    const api = createApi({
      store,
      workers: withLiveFigures(store.workers, master.figures),
      registry: registry.inspection,
      upkeep: {
        retention: store.master.retention,
        policy: policyOf(settings),
        cleanUp: master.cleanUp,
        janitor: () => master.status()?.janitor ?? null,
        reconciler: () => master.status()?.reconciler ?? null,
        checks: RECONCILER_CHECKS,
        mends: master.mends,
      },
      cluster: registry.cluster,
      serverId: self.id,
      logs,
      files: {
        store: content.files,
        maxBytes: settings.maxFileMib * 1024 * 1024,
        findDispatch: store.master.findDispatch,
        isWorkerToken: async (token) => (await judgeToken(token)) === 'valid',
      },
      lookouts,
      sealer: sealing.sealer,
      ask: await host.openAsk(settings),
      clock,
      random,
      ids,
      begin: master.begin,
      nudge(filed) {
        if (filed !== undefined && lease.leadership().role === 'leader') master.nudge(filed);
        else hint('commands')();
      },
      taskGroupsChanged: hint('taskGroups'),
      workerGroupsChanged: hint('workerGroups'),
      workersChanged: hint('workers'),
      schedulesChanged: hint('schedules'),
      alertsChanged: hint('alerts'),
      listeners: {
        ...{ host: listeners.host, packages: listeners.packages, changed: hint('listeners') },
        // What only reads needs no term.
        events: (listenerLogs.openLog ?? store.listenerEngine.openLog)(0).consumer,
        areElsewhere: listenerLogs.openLog !== null,
      },
      changes: { subscribe: changes.subscribe, announce },
      leadership: lease.leadership,
      readiness: [
        { name: 'database', check: async () => ({ ok: (await store.events.latestSeq()) >= 0, detail: 'answers' }) },
        { name: 'registry', check: async () => ({ ok: self.isConnected, detail: self.state }) },
        { name: 'leader', check: async () => leaderKnown(lease.leadership()) },
        { name: 'set-up', check: async () => ({ ok: isSetUp, detail: isSetUp ? 'done' : 'under way' }) },
      ],
      metrics,
      log,
      version,
      peerAddress: host.peerAddress,
      settings: {
        ...DEFAULT_API_SETTINGS,
        sessionTtlMs: settings.signInTtlMs,
        metricsOpen: settings.metricsOpen,
        trustProxy: settings.trustProxy,
        basePath: settings.basePath,
        maxBackfillItems: settings.maxBackfillItems,
        maxBackfillRuns: settings.maxBackfillRuns,
      },
    });
    await peers.refresh();
    entrance.open({
      fetch: (request, env) => peers.answer(request) ?? api.fetch(request, env as object),
      acceptWorker: master.accept,
    });
    await master.start();

    const first = { store, host, ids, settings };
    await ensureAlertGroup(first);
    if (settings.embeddedWorker) {
      const worker = await startEmbeddedWorker(first, listening);
      closers.push(() => worker.close(settings.shutdownGraceMs));
    }
    // The admin comes last: whatever fails before is tried again by the next start, and the password is seen.
    const isNew = (await store.users.count()) === 0;
    const examples = isNew && settings.examples ? await loadExamples(first) : [];
    const accounts = await ensureAdmin(first);
    await ensureTokens(first, accounts.adminId);
    // The port may come from this process's environment alone, where a command in another shell does not see it.
    await host.privateFiles(settings).write(SERVER_URL_FILE, `${listening.url}\n`);
    isSetUp = true;
    return {
      url: listening.url,
      port: listening.port,
      greeting: greet(listening, accounts, examples),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function startEmbeddedWorker(
  first: {
    store: ReturnType<typeof openStore>;
    host: ServerHost;
    ids: ReturnType<typeof createIdSource>;
    settings: ServerSettings;
  },
  listening: Listening,
): Promise<EmbeddedWorker> {
  const { host, settings } = first;
  return host.startWorker({
    socketUrl: socketUrl(listening.url)!,
    token: await ensureWorkerToken(first),
    name: embeddedName(settings, host.hostName, listening.port),
    slots: settings.embeddedWorkerSlots,
    workDir: `${settings.dataDir}/worker`,
  });
}

/** Has others look when something has been written. */
function told<Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>, tell: () => void) {
  return async (...args: Args): Promise<Result> => {
    const result = await write(...args);
    tell();
    return result;
  };
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= close());
}

/** Of several servers on one database each may have one, and a name belongs to one worker. */
function embeddedName({ databaseUrl }: ServerSettings, hostName: string, port: number): string {
  if (databaseUrl.startsWith('file:')) return 'embedded';
  return `embedded-${hostName.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 100)}-${port}`;
}
