/** English texts of the list of shortcuts. */
export const enHelp = {
  everywhere: 'Everywhere',
  lists: 'Lists',
  run: 'Run page',
  log: 'Log',
  goTo: (page: string) => `Go to ${page}`,
  palette: 'Search and go to',
  thisHelp: 'This list',
  filter: 'Go to the filter',
  nextPrev: 'Next and previous row',
  open: 'Open',
  fresh: 'Show new rows',
  choose: 'Choose the row',
  chooseRange: 'Choose the rows since the last one',
  escape: 'Close, or leave the field',
  stop: 'Stop the run',
  rerun: 'Run again',
  pause: 'Pause or resume',
  search: 'Search in the log',
  follow: 'Follow on and off',
  wrap: 'Wrap on and off',
  match: 'Next and previous match',
  trouble: 'Next and previous error',
  ends: 'First and last line',
  or: 'or',
};

export type HelpMessages = typeof enHelp;
