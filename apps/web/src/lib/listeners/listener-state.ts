/** How it stands with a listener, and what it can hear. What needs somebody comes first. Pure. */
import type { ListenerInstanceView } from '@vaquita/client';

export type ListenerState = 'unreadable' | 'off' | 'blocked' | 'behind' | 'caught';
export type EventStatus = 'waiting' | 'failed' | 'skipped' | 'delivered';
export type EventType = ListenerInstanceView['eventTypes'][number];

export const EVENT_STATUSES = ['waiting', 'failed', 'skipped', 'delivered'] as const satisfies readonly EventStatus[];

export const LISTENER_FAMILY = {
  unreadable: 'failed',
  off: 'skipped',
  blocked: 'failed',
  behind: 'running',
  caught: 'success',
} as const satisfies Record<ListenerState, string>;

/** What it is of, and the types, in the order of a life. */
export const EVENT_GROUPS = {
  workflow: [
    'workflow.started',
    'workflow.ended',
    'workflow.failed',
    'workflow.added',
    'workflow.updated',
    'workflow.removed',
  ],
  task: ['task.started', 'task.ended', 'task.failed', 'task.added', 'task.updated', 'task.removed'],
  server: ['server.down'],
} as const satisfies Record<string, readonly EventType[]>;
export type EventGroup = keyof typeof EVENT_GROUPS;

type Facts = Pick<ListenerInstanceView, 'enabled' | 'problem'> & {
  readonly delivery: Pick<ListenerInstanceView['delivery'], 'blocked' | 'waiting'>;
};

export function listenerState({ enabled, problem, delivery }: Facts): ListenerState {
  if (problem !== null) return 'unreadable';
  if (!enabled) return 'off';
  if (delivery.blocked !== null) return 'blocked';
  return delivery.waiting > 0 ? 'behind' : 'caught';
}

/** The types that are chosen, in the order of the groups. */
export function typesIn(chosen: Iterable<string>): EventType[] {
  const set = new Set(chosen);
  return Object.values(EVENT_GROUPS).flatMap((types) => types.filter((type) => set.has(type)));
}

export function groupOf(type: string): EventGroup {
  return (Object.keys(EVENT_GROUPS) as EventGroup[]).find((group) => type.startsWith(`${group}.`)) ?? 'workflow';
}
