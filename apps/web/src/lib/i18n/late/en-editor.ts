/** English texts of the editor of workflows. */
import { plural } from '../en-count.ts';

export const enEditor = {
  newTitle: 'New workflow',
  editTitle: (name: string) => `Edit ${name}`,
  label: 'Workflow as YAML',
  save: 'Save',
  saving: 'Saving…',
  create: 'Create',
  unchanged: 'Nothing changed: no new version was made.',
  saved: (version: number) => `Saved as version ${version}.`,
  problems: (n: number) => plural(n, 'problem', 'problems'),
  noProblems: 'No problems found',
  preview: 'Picture',
  previewStale: 'The picture shows the last text that could be read.',
  goTo: (line: number) => `line ${line}`,
  checking: 'Checking…',
  unchecked: 'Checked when it is saved',
  leave: 'The changes are not saved. A draft stays in this browser and is offered when you come back.',
  leaveForEver: 'The changes are not saved, and this browser keeps no draft of them. Leave without saving?',
  changedElsewhere: (version: number, base: number) =>
    `Someone saved version ${version}; this text was made from version ${base}.`,
  showTheirs: 'Compare',
  changes: 'Changes',
  review: 'What a save would change',
  reviewText: (base: number) => `From version ${base} to your text:`,
  reviewProblems: 'It cannot be saved like this:',
  sameText: 'Nothing differs.',
  conflict: 'Changed by someone else',
  conflictText: (by: string, version: number, base: number) =>
    `${by} saved version ${version}, while yours was made from version ${base}:`,
  conflictNext: 'Nothing of yours was saved yet.',
  theirChange: (base: number, version: number) => `Their change: from version ${base} to version ${version}`,
  mineOnTop: (version: number) => `What yours would change in version ${version}`,
  theirText: (version: number) => `Version ${version} as a whole`,
  takeTheirs: 'Take theirs',
  saveOnTop: 'Save mine on top',
  keepEditing: 'Keep editing',
  draftFound: (base: number) =>
    base === 0
      ? 'There is a draft that was not saved, of'
      : `There is a draft made from version ${base} that was not saved, of`,
  draftRestore: 'Go on with the draft',
  draftDiscard: 'Discard the draft',
  types: 'Task types',
  insert: 'Insert',
  cycle: (path: string) => `These tasks wait for each other: ${path}`,
  unknownDep: (name: string) => `There is no task called ${name}`,
  duplicate: (name: string) => `Two tasks are called ${name}`,
};

export type EditorMessages = typeof enEditor;
