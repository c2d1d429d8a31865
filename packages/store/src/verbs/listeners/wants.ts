/** What SQL and rows of listener events have in common. */
import { type ListenerEvent, type ListenerInstanceRow, listenerEventId } from '@vaquita/core';
import * as schema from '../../schema/index.ts';
import { compileTable } from '../../sql/table.ts';

export interface StoredListenerEvent {
  readonly seq: number;
  readonly type: ListenerEvent['type'];
  readonly version: number;
  readonly at: number;
  readonly projectId: ListenerInstanceRow['projectId'];
  readonly projectName: string | null;
  readonly subject: string;
  readonly data: ListenerEvent['data'];
  readonly bytes: number;
}

export const LISTENER_EVENTS = compileTable<StoredListenerEvent>(schema.listenerEvents, { key: 'seq' });
export const LISTENER_INSTANCES = compileTable<ListenerInstanceRow>(schema.listenerInstances);

/** Whether the instance `i` wants the event `e`, wherever it stands. */
export const WANTS = `(i.project_id is null or i.project_id = e.project_id)
  and exists (select 1 from json_each(i.event_types) where value = e.type)`;

/** Whether the event is of a selection: its types as JSON, its project twice. */
export const SELECTED = 'type in (select value from json_each(?)) and (? is null or project_id = ?)';

/** What a row takes beside its texts, about. */
const ROW_BYTES = 64;

export function toStoredEvent(event: ListenerEvent): StoredListenerEvent {
  const { seq, type, version, time, project, subject, data } = event;
  const texts = [type, subject, JSON.stringify(data), project?.id ?? '', project?.name ?? ''];
  const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, ROW_BYTES);
  return {
    ...{ seq, type, version, at: time, subject, data, bytes },
    projectId: project?.id ?? null,
    projectName: project?.name ?? null,
  };
}

export function fromStoredEvent(row: StoredListenerEvent): ListenerEvent {
  const { seq, type, version, at, projectId, projectName, subject, data } = row;
  const project = projectId === null ? null : { id: projectId, name: projectName ?? projectId };
  return { id: listenerEventId(seq), seq, type, version, time: at, project, subject, data };
}
