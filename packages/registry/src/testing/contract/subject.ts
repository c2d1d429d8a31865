/** What the tests of the contract share: the world under test, and short ways to say common things. */
import type { ServerId } from '@vaquita/core';
import type { Actor, ClientId, Registration, RegistryEvent } from '../../registry-store.ts';
import type { World } from '../world.ts';

/** Opened anew for each test. */
export interface Subject {
  readonly world: World;
}

export const INTERVAL_MS = 1_000;
export const TIMEOUT_MS = 10_000;

export function registration(id: string, change: Partial<Registration> = {}): Registration {
  return {
    id: id as ServerId,
    session: `${id}-1`,
    name: `name of ${id}`,
    kind: 'server',
    heartbeatIntervalMs: INTERVAL_MS,
    sessionTimeoutMs: TIMEOUT_MS,
    config: {},
    ...change,
  };
}

export function actorOf(id: string, session = `${id}-1`): Actor {
  return { id: id as ClientId, session };
}

/** Registers clients under these names, each in its first session. */
export async function register({ world }: Subject, ...ids: string[]): Promise<readonly Actor[]> {
  for (const id of ids) await world.store.clients.register(registration(id));
  return ids.map((id) => actorOf(id));
}

/** Everything that has happened since the test began, or since this event. */
export function eventsOf({ world }: Subject, after = 0): Promise<readonly RegistryEvent[]> {
  return world.store.events.after(after, 10_000);
}

/** Events as short texts such as `added /a=1`. */
export function told(events: readonly RegistryEvent[]): readonly string[] {
  return events.map(({ type, key, value }) => `${type} ${key}=${value}`);
}
