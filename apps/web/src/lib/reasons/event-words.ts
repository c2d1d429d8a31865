/** The recorded events of a run in words. Pure: the words of the language are given. */
import type { EventType, EventView, ReasonView } from '@vaquita/client';
import type { RecordMessages } from '#lib/i18n/late/en-record.ts';

export const EVENT_KINDS = ['run', 'tasks', 'reasons', 'warnings'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

const KIND_OF: Partial<Readonly<Record<EventType, EventKind>>> = {
  'workflow_instance.created': 'run',
  'workflow_instance.state': 'run',
  'workflow_instance.params': 'run',
  'workflow_instance.reason': 'reasons',
  'task_instance.created': 'tasks',
  'task_instance.state': 'tasks',
  'task_instance.superseded': 'tasks',
  'task.passed_over': 'tasks',
  'task_instance.reason': 'reasons',
  'task_instance.warning': 'warnings',
};

/** Undefined for what is not of a run. */
export function kindOf({ type }: Pick<EventView, 'type'>): EventKind | undefined {
  return KIND_OF[type];
}

export interface Words {
  readonly m: RecordMessages;
  readonly stateName: (state: string) => string;
  /** A reason in the reader's language. */
  readonly tell: (reason: Pick<ReasonView, 'code' | 'text' | 'evidence'>) => string;
}

type Data = EventView['data'];

/** The state that something has from then on, where the event tells one. */
export function stateOf({ data }: Pick<EventView, 'data'>): string | undefined {
  const state = data.to ?? data.state ?? data.how;
  return typeof state === 'string' && state !== 'undone' ? state : undefined;
}

/** What else is to be said of it, beside its kind, its state and its task. */
export function detailOf({ type, data }: Pick<EventView, 'type' | 'data'>, words: Words): string {
  const { m } = words;
  const parts = [
    typeof data.from === 'string' && typeof data.to === 'string' ? `${words.stateName(data.from)} →` : '',
    type.startsWith('task_instance.') && Number(data.attempt) > 1 ? m.attempt(Number(data.attempt)) : '',
    typeof data.worker === 'string' && data.to !== undefined ? m.onWorker(data.worker) : '',
    Number(data.runCounter) > 1 ? m.round(Number(data.runCounter)) : '',
    data.how === 'undone' ? m.undone : '',
    quarantineOf(data, words),
    saidOf(data, words),
    pairsOf(data.params),
  ];
  const known = parts.filter((part) => part !== '').join(' · ');
  return known !== '' || KIND_OF[type] !== undefined ? known : pairsOf(data);
}

function saidOf(data: Data, { tell }: Words): string {
  if (typeof data.code !== 'string' || typeof data.text !== 'string') return '';
  return tell({ code: data.code, text: data.text, evidence: (data.evidence ?? {}) as ReasonView['evidence'] });
}

function quarantineOf({ quarantine }: Data, words: Words): string {
  if (quarantine === undefined) return '';
  if (quarantine === null) return words.m.backIn;
  return `${words.m.setAside}: ${saidOf(quarantine as Data, words)}`;
}

function pairsOf(values: unknown): string {
  if (typeof values !== 'object' || values === null) return '';
  return Object.entries(values)
    .map(([key, value]) => `${key} = ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}
