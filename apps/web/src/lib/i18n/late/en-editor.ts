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
  changedElsewhere: (version: number) =>
    `Someone saved version ${version} while you were editing. Saving makes a newer version on top of it.`,
  types: 'Task types',
  insert: 'Insert',
  cycle: (path: string) => `These tasks wait for each other: ${path}`,
  unknownDep: (name: string) => `There is no task called ${name}`,
  duplicate: (name: string) => `Two tasks are called ${name}`,
};

export type EditorMessages = typeof enEditor;
