/** English texts of triggers of the kind `file`. */
import { count, plural } from '../en-count.ts';

export const enFileTriggers = {
  path: 'Path',
  pathHint: 'On the workers: /in/*.csv, with ** for any folders between. Or the http(s) address of one object',
  group: 'Worker group',
  groupHint: 'Its workers look',
  every: 'Looks every',
  everyHint: '10s to 1d',
  settled: 'Settled for',
  settledHint: 'So long a file must have been as it is, so that none is taken that is still written: 0s to 1h',
  mapping: 'Parameters from the file',
  field: 'Of the file',
  fields: {
    path: 'its path',
    name: 'its name',
    folder: 'its folder',
    size: 'its size in bytes',
    modified: 'when it was changed',
    etag: 'its ETag (objects)',
    worker: 'the worker that has found it',
  },
  watchers: 'Who looks',
  nobody: 'No worker has looked yet.',
  worker: 'Worker',
  wholeGroup: (group: string) => `group ${group}, in turns`,
  gone: 'not known any more',
  away: 'not connected',
  firstLook: 'First look',
  noLook: 'not yet',
  said: 'Last look',
  fine: 'nothing wrong',
  known: (n: number, most: boolean) =>
    `${count(n)}${most ? '+' : ''} ${n === 1 ? 'file is' : 'files are'} known and start nothing any more.`,
  moreWatchers: 'More workers look than are shown.',
  tryText: 'The workers look now. Nothing is started, and nothing is remembered.',
  madeUp: 'A file that is made up',
  madeUpHint: 'Left empty, the workers are asked what is there',
  found: (n: number) => plural(n, 'file', 'files'),
  more: 'and more',
  noAnswer: 'no answer',
  newFiles: (n: number) => `${plural(n, 'file', 'files')} would be new.`,
  isKnown: 'known',
  isNew: 'new',
};

export type FileTriggerMessages = typeof enFileTriggers;
