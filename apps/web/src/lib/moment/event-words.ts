/** What an event of a run says, in few words: which task, the state it came into, or what happened. Pure. */
import type { EventView } from '@vaquita/client';
import { stateOf } from '#lib/reasons/event-words.ts';

/** A newer server may tell of more than this build knows. */
export interface Told {
  readonly type: string;
  readonly data: EventView['data'];
}

/** Name of the task that it is about; undefined: it is about the run. */
export function taskOf({ data, type }: Told): string | undefined {
  return type.startsWith('task') && typeof data.name === 'string' ? data.name : undefined;
}

export interface Words {
  readonly states: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, string>>;
  readonly run: string;
  readonly attempt: (n: number) => string;
}

export function eventWords(event: Told, words: Words): string {
  const { attempt } = event.data;
  const state = stateOf(event);
  const what = words.events[event.type];
  return [
    taskOf(event) ?? words.run,
    ...(typeof attempt === 'number' && attempt > 1 ? [words.attempt(attempt)] : []),
    ...(state === undefined ? [what ?? event.type] : [words.states[state] ?? state]),
  ].join(' · ');
}
