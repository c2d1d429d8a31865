/** What listeners hear of. The types are a contract: more may come, these stay. */
import type { ProjectId } from '../identity/ids.ts';

export const LISTENER_EVENT_TYPES = [
  'server.down',
  'workflow.added',
  'workflow.updated',
  'workflow.removed',
  'workflow.started',
  'workflow.ended',
  'workflow.failed',
  'task.added',
  'task.updated',
  'task.removed',
  'task.started',
  'task.ended',
  'task.failed',
] as const;
export type ListenerEventType = (typeof LISTENER_EVENT_TYPES)[number];

export interface ListenerEvent {
  /** Of this event, the same for every listener and every try: a second delivery can be told by it. */
  readonly id: string;
  /** Its place in the order of all events. Grows, and has gaps. */
  readonly seq: number;
  readonly type: ListenerEventType;
  /** Of the shape of `data`; a field that is added does not change it. */
  readonly version: number;
  /** When it happened, in epoch milliseconds. */
  readonly time: number;
  /** Null for what is of no project. */
  readonly project: { readonly id: ProjectId; readonly name: string } | null;
  /** What it is about, such as `workflow/orders`, `workflow/orders/run/12/task/load` or `server/a`. */
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The id of the event at this place. */
export function listenerEventId(seq: number): string {
  return `event-${seq}`;
}
