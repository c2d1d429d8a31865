/** English texts of one action asked of many runs: the question, and the page of its outcome. */
import { count, plural } from '../en-count.ts';

const runs = (n: number) => plural(n, 'run', 'runs');

export const enBulk = {
  verbs: {
    pause: 'Pause',
    resume: 'Resume',
    stop: 'Stop',
    'recover-failed': 'Recover failed',
    rerun: 'Run again',
    retry: 'Try again',
  },
  ask: {
    pause: (n: number) => `Pause ${runs(n)}`,
    resume: (n: number) => `Resume ${runs(n)}`,
    stop: (n: number) => `Stop ${runs(n)}`,
    'recover-failed': (n: number) => `Recover ${runs(n)}`,
    rerun: (n: number) => `Run ${runs(n)} again`,
    retry: (n: number) => `Try ${runs(n)} again`,
  },
  means: {
    pause: 'What runs goes on to its end, and nothing new starts.',
    resume: 'They go on where they were.',
    stop: 'Tasks that run now are killed, and what has not begun will not start. Finished tasks keep their result.',
    'recover-failed': 'Failed and killed tasks are done again, and what follows them.',
    rerun: 'Every task of them starts again from the beginning, with the same parameters.',
    retry: 'The engine tries again where it had set them aside.',
  },
  looking: (n: number) => (n === 0 ? 'Looking which can do it…' : `${count(n)} looked at…`),
  passed: (n: number) => `${runs(n)} cannot do it and ${n === 1 ? 'is' : 'are'} passed over:`,
  passedAs: (n: number, state: string) => `${count(n)} × ${state}`,
  gone: 'no longer there',
  none: 'None of them can do it now. Nothing was asked.',
  more: (n: number) =>
    `More than ${count(n)} match. This is about the newest ${count(n)}; ask again for the others, or narrow the filters.`,
  why: 'Why',
  title: (verb: string, n: number) => `${verb}: ${runs(n)}`,
  asked: 'asked',
  progress: (answered: number, all: number) => `${count(answered)} of ${count(all)} asked`,
  outcome: {
    done: 'Done',
    asked: 'On its way',
    waiting: 'Not asked yet',
    asking: 'No answer yet',
    rejected: 'Not done',
    refused: 'Refused',
    missing: 'Not found',
    passed: 'Passed over',
  },
  result: 'Outcome',
  reason: 'Reason',
  was: 'State before',
  all: 'All',
  retryFailed: (n: number) => `Ask the ${count(n)} that failed again`,
  goOn: 'Go on',
  stuck: 'It ended before all were asked. Going on asks nothing twice.',
  left: 'This page was left before all were asked. Going on asks nothing twice.',
  download: 'Download',
  kept: 'Kept in this tab until it is closed. Each action is also in the audit log.',
  unkept: 'There is no room in this browser: a reload of the page loses this list. Each action is in the audit log.',
  unknown: 'This tab does not know of it',
  unknownText: 'The outcome of an action on many runs is kept by the tab that asked for it, until that is closed.',
  noneOf: 'None with this outcome.',
  toRuns: 'To the runs',
};

export type BulkMessages = typeof enBulk;
