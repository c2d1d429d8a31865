/** English texts of the list of shortcuts. */
export const enHelp = {
  places: { everywhere: 'Everywhere', go: 'Go to', lists: 'Lists', page: 'This page', log: 'Log' },
  intro: 'Those that work on the page behind this sheet.',
  does: {
    palette: 'Search and go to',
    help: 'This list',
    filter: 'Go to the filter',
    next: 'Next row',
    previous: 'Previous row',
    fresh: 'Show new rows',
    choose: 'Choose the row',
    chooseRange: 'Choose the rows since the last one',
    timeline: 'Timeline',
    graph: 'Graph',
    tasks: 'Tasks',
    stop: 'Stop the run',
    rerun: 'Run again',
    pause: 'Pause or resume',
    find: 'Search in the log',
    follow: 'Follow on and off',
    wrap: 'Wrap on and off',
    nextMatch: 'Next match',
    previousMatch: 'Previous match',
    nextTrouble: 'Next error',
    previousTrouble: 'Previous error',
    begin: 'First line',
    end: 'Last line',
  },
  escape: 'Close, or leave the field',
  open: 'Open',
};

export type HelpMessages = typeof enHelp;
