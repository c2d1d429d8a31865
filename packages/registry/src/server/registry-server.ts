/**
 * The server part of the registry, one per process: opens its clients, keeps them alive, finds those of any process that have
 * fallen silent, reads what has changed and clears old events away. Everything it knows it has from the tables.
 */
import { AppError, type Clock, type IdSource } from '@vaquita/core';
import { type OpenClient, openRegistryClient, type RegistryClient } from '../client/registry-client.ts';
import { idInUse } from '../refusals.ts';
import type { ClientId, ClientKind, RegistryStore } from '../registry-store.ts';
import { REGISTRY_DEFAULTS, type RegistryLog, type RegistrySettings } from '../settings.ts';
import { createDetection } from './detection.ts';
import { createEventFeed } from './event-feed.ts';
import { createEventPurge } from './event-purge.ts';
import { createPulse } from './pulse.ts';
import { createSession } from './session.ts';

export interface ConnectOptions {
  /** Default: a new one. */
  readonly id?: ClientId;
  readonly name: string;
  readonly kind: ClientKind;
  readonly heartbeatIntervalMs: number;
  /** Silence after which it is given up, and everything it has with it. Three to five heartbeats is a good choice. */
  readonly sessionTimeoutMs: number;
  /** Whatever helps a person to see who this is. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The client is alive for as long as it is heard from (`touch`), and not for as long as this process is. */
  readonly proxied?: boolean;
  /** A client of its kind that is known to be gone: what it had is not waited for. */
  readonly predecessor?: ClientId | null;
  /** Goes on with the session that this id has, if it is alive: nothing of it is lost, and who had it before is fenced. */
  readonly resume?: boolean;
}

export interface RegistryServer {
  /** Reads what there is. Throws when the registry cannot be read; try again later. */
  start(): Promise<void>;
  /** @throws AppError `bad_request`, `conflict` when a client of another kind has the id, or when the registry cannot be written; try again later. */
  connect(options: ConnectOptions): Promise<RegistryClient>;
  /** Closes its own clients. Those that are not of this process are left to their timeout, or to another server. */
  close(): Promise<void>;
}

export interface RegistryServerDeps {
  readonly store: RegistryStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: RegistryLog;
  readonly settings?: Partial<RegistrySettings>;
  /** Hears how long each heartbeat took to be written. */
  readonly beaten?: (tookMs: number) => void;
}

export function createRegistryServer({ store, clock, ids, log, ...rest }: RegistryServerDeps): RegistryServer {
  const settings: RegistrySettings = Object.freeze({ ...REGISTRY_DEFAULTS, ...rest.settings });
  const clients = new Map<ClientId, OpenClient & { readonly proxied: boolean; readonly kind: ClientKind }>();
  const feed = createEventFeed({ store, clock, log, settings });
  const purge = createEventPurge({ store, clock, log, settings });
  const pulse = createPulse({
    store,
    clock,
    cursors: () => [...clients.values()].flatMap(({ moved }) => moved()),
    beaten(tookMs) {
      for (const { settle } of clients.values()) settle();
      rest.beaten?.(tookMs);
    },
  });
  const detection = createDetection({
    store,
    clock,
    log,
    settings,
    looked({ head, servers }) {
      feed.announce(head);
      feed.expectOthers(servers > ownServers());
    },
    buried: feed.stir,
  });
  let closed = false;

  function ownServers(): number {
    return [...pulse.sessions].filter(({ identity }) => identity.kind === 'server').length;
  }

  return {
    async start() {
      await detection.start();
      purge.start();
    },
    async connect({ id = ids.next<'server'>(), config = {}, proxied = false, predecessor, resume, ...who }) {
      checkTimes(who.heartbeatIntervalMs, who.sessionTimeoutMs);
      if (closed) throw new AppError('unavailable', 'The registry of this server is closed.');
      const present = clients.get(id);
      if (present && present.kind !== who.kind) throw idInUse(id);
      // Whoever had it here before has no say any more; what the client has is not lost by that.
      present?.client.abandon();
      const identity = { id, config, ...who };
      const session = createSession({
        identity,
        beatsByItself: !proxied,
        clock,
        newSession: () => ids.next<'session'>(),
      });
      const belongings = await pulse.connect(session, { predecessor, resume });
      const opened = openRegistryClient({
        store,
        session,
        pulse,
        feed,
        clock,
        log,
        lockPollMs: settings.lockPollMs,
        belongings,
        closed: () => {
          if (clients.get(id)?.client === opened.client) clients.delete(id);
        },
      });
      clients.set(id, { ...opened, proxied, kind: who.kind });
      detection.joined();
      feed.stir();
      return opened.client;
    },
    async close() {
      closed = true;
      await Promise.all([detection.close(), purge.close()]);
      const leaving = [...clients.values()].map(({ client, proxied }) => (proxied ? client.abandon() : client.close()));
      await pulse.close();
      feed.close();
      await Promise.all(leaving);
    },
  };
}

function checkTimes(heartbeatIntervalMs: number, sessionTimeoutMs: number): void {
  if (heartbeatIntervalMs >= 1 && sessionTimeoutMs > heartbeatIntervalMs) return;
  throw new AppError(
    'bad_request',
    `A session timeout of ${sessionTimeoutMs} ms with a heartbeat every ${heartbeatIntervalMs} ms cannot be kept; ` +
      'make the timeout three to five times the interval.',
  );
}
