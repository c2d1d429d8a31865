/** English texts of the log viewer. */
import { count, plural } from '../en-count.ts';

export const enLog = {
  label: 'Log',
  search: 'Search the log',
  regex: 'Regular expression',
  wrap: 'Wrap lines',
  follow: 'Follow',
  download: 'Download the log',
  copySelection: 'Copy the shown lines',
  lines: (n: number) => plural(n, 'line', 'lines'),
  matches: (at: number, all: number) => (all === 0 ? 'no match' : `${count(at)} of ${count(all)}`),
  next: 'Next match',
  previous: 'Previous match',
  nextTrouble: 'Next error',
  newLines: (n: number) => plural(n, 'new line', 'new lines'),
  empty: 'This attempt wrote nothing.',
  waiting: 'Nothing written yet.',
  dropped: (n: number) =>
    `${plural(n, 'line', 'lines')} before this one are not kept on this page: download the whole log.`,
  badPattern: 'This is not a valid pattern',
  skipHead: 'Only the end of this large log is shown.',
  loadAll: 'Load it from the start',
};

export type LogMessages = typeof enLog;
