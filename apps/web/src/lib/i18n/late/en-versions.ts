/** English texts of the versions of a workflow. */
import { count, plural } from '../en-count.ts';

export const enVersions = {
  title: 'What changed',
  from: 'From',
  to: 'To',
  base: 'compared with',
  older: 'Older versions',
  views: 'How the change is shown',
  changes: 'Changes',
  yaml: 'YAML',
  graph: 'Graph',
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  reordered: 'in another order',
  wholeTask: 'the task',
  ofWorkflow: 'the workflow itself',
  lines: (added: number, removed: number) => `+${count(added)} −${count(removed)} lines`,
  allLines: (n: number) => `Show all ${plural(n, 'line', 'lines')}`,
  same: 'These versions say the same',
  sameText: 'Choose another pair, or a version at the left to see what it changed.',
  single: 'There is one version so far',
  singleText: 'Each save that changes something makes another, and all of them stay.',
  edit: 'Edit',
  unknown: (version: number) => `There is no version ${count(version)}`,
  restore: 'Restore',
  restoreNamed: (version: number) => `Restore version ${version}`,
  restoreTitle: (version: number) => `Restore version ${version}?`,
  restoreText: (version: number, next: number) =>
    `What version ${version} says is saved as version ${next}. Nothing is lost: every version stays. New runs take the new version; runs that are under way keep theirs.`,
  restored: (version: number, as: number) => `Version ${version} is restored as version ${as}.`,
  restoredSame: (version: number) => `The newest version says the same as version ${version} already.`,
};

export type VersionMessages = typeof enVersions;
