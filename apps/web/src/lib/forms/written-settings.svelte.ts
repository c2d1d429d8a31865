/** The settings in a form while they are written. Their fields come from a JSON Schema, another one with what is chosen. */
import { untrack } from 'svelte';
import { type Entries, entriesOf, readEntries, type Wrong } from './entries.ts';
import type { SchemaField } from './fields.ts';

/** As the server shows them: the secrets among them are only named. */
export interface SavedSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasSecret: readonly string[];
}

export interface WrittenSettings {
  readonly fields: readonly SchemaField[];
  readonly entries: Entries;
  /** What stood there when the form was opened. */
  readonly before: Entries;
  /** By the key of the field, as it was found when they were read. */
  readonly wrong: Readonly<Record<string, Wrong>>;
  /** Begins anew, with the defaults of other fields. */
  restart(): void;
  /** Undefined: a field is wrong and says so. */
  read(): Readonly<Record<string, unknown>> | undefined;
}

/** To be called while a component is set up. `saved`: those to change; new ones without it. */
export function writtenSettings(fields: () => readonly SchemaField[], saved?: SavedSettings): WrittenSettings {
  const before = $derived(entriesOf(fields(), saved?.settings, saved?.hasSecret));
  let entries = $state(untrack(() => entriesOf(fields(), saved?.settings, saved?.hasSecret)));
  let wrong = $state.raw<Readonly<Record<string, Wrong>>>({});
  return {
    get fields() {
      return fields();
    },
    get entries() {
      return entries;
    },
    get before() {
      return before;
    },
    get wrong() {
      return wrong;
    },
    restart() {
      entries = entriesOf(fields(), undefined);
      wrong = {};
    },
    read() {
      const read = readEntries(fields(), entries, before);
      wrong = read.wrong;
      return Object.keys(wrong).length === 0 ? read.settings : undefined;
    },
  };
}
