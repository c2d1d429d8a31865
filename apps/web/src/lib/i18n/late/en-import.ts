/** English texts of the import of workflows. */
import { count, plural } from '../en-count.ts';

export const enImport = {
  title: 'Import workflows',
  into: 'Into the project',
  drop: 'Drop files here, or choose them',
  choose: 'Choose files',
  hint: 'Definitions in YAML or JSON, or bundles of many. Nothing is saved before you have seen what would change.',
  files: 'Files',
  tooMany: (most: number) => `At most ${count(most)} files at once: the others were left out.`,
  why: {
    empty: 'The file is empty.',
    large: 'The file is larger than 8 MiB. Import it in parts.',
    binary: 'This is no text in UTF-8. Choose a YAML or JSON file.',
    unreadable: 'The browser cannot read this file.',
  },
  looking: 'Looking at it…',
  saving: 'Importing…',
  would: { created: 'new', updated: 'differs', unchanged: 'same', refused: 'refused' },
  did: { created: 'created', updated: 'updated', unchanged: 'unchanged', refused: 'refused' },
  version: (n: number) => `version ${n}`,
  noName: 'no name',
  also: (file: string) => `also in ${file}: the later file is saved on top`,
  changes: 'What differs',
  changesOf: (name: string) => `What differs in ${name}`,
  tooLong: 'What differs is too much to be shown.',
  all: (n: number) => `Show all ${count(n)}`,
  remove: (file: string) => `Leave out ${file}`,
  import: (n: number) => `Import ${plural(n, 'workflow', 'workflows')}`,
  nothing: 'There is nothing to import: all of it is the same or refused.',
  summary: (created: number, updated: number, refused: number) =>
    `${count(created)} created, ${count(updated)} updated, ${count(refused)} refused`,
  again: 'Try again',
  close: 'Close',
};

export type ImportMessages = typeof enImport;
