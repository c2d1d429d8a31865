/** A registry of two clients, one of them dead, as an operator would see it; what is wrong in it can be said. */
import type { ClientId, DataEntry, Finding, LockState, RegistryEvent, RegistryInspection } from '@vaquita/registry';

const AT = Date.UTC(2026, 2, 1, 11);

const CLIENTS = ['server-a', 'worker-b'].map((id, i) => ({
  id: id as ClientId,
  name: `name of ${id}`,
  kind: i === 0 ? ('server' as const) : ('worker' as const),
  online: i === 0,
  heartbeatIntervalMs: 2_500,
  sessionTimeoutMs: 10_000,
  config: { proxy: 'server-a' },
  lastHeartbeatAt: AT,
  expiresAt: AT + 10_000,
  createdAt: AT,
}));

const DATA: readonly DataEntry[] = ['/nodes/server/server-a', '/nodes/worker/default/worker-b', '/plugins'].map(
  (key) => ({
    key,
    value: '{}',
    kind: key === '/plugins' ? 'persistent' : 'ephemeral',
    clientId: key === '/plugins' ? null : (key.slice(-8) as ClientId),
    version: 1,
    createdAt: AT,
    updatedAt: AT,
  }),
);

const LOCKS: readonly LockState[] = [
  { key: '/lock/free', clientId: null, clientName: null, owner: 'x', epoch: 2, acquiredAt: AT },
  {
    key: '/lock/leader',
    clientId: 'server-a' as ClientId,
    clientName: 'name of server-a',
    owner: 'leader',
    epoch: 7,
    acquiredAt: AT,
  },
];

const EVENTS: readonly RegistryEvent[] = [3, 2, 1].map((id) => ({
  id,
  type: 'added',
  key: DATA[id - 1]!.key,
  value: '{}',
  clientId: DATA[id - 1]!.clientId,
  at: AT + id,
}));

export interface FakeInspection extends RegistryInspection {
  /** What a check finds until it is repaired. */
  break(findings: readonly Finding[]): void;
}

export function createFakeInspection(): FakeInspection {
  let wrong: readonly Finding[] = [];
  const isUnder = (path: string, key: string) => path === '/' || key === path || key.startsWith(`${path}/`);

  return {
    clients: async ({ after, limit }) => CLIENTS.filter(({ id }) => after === null || id > after).slice(0, limit),
    data: async (path, { after, limit }) =>
      DATA.filter(({ key }) => isUnder(path, key) && (after === null || key > after)).slice(0, limit),
    locks: async ({ after, limit }) => LOCKS.filter(({ key }) => after === null || key > after).slice(0, limit),
    events: async (path, { after, limit }) =>
      EVENTS.filter(({ id, key }) => isUnder(path, key) && (after === null || id < after)).slice(0, limit),
    figures: async () => ({
      clients: { server: 1, worker: 0 },
      rows: { clients: 2, data: 3, locks: 2, events: 3, subscribers: 0 },
      lagIds: 0,
      lagMs: 0,
    }),
    findings: async () => wrong,
    async repair() {
      wrong = [];
    },
    break(findings) {
      wrong = findings;
    },
  };
}
