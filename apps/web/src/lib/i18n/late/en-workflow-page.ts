/** English texts that all pages of one workflow share. */
export const enWorkflowPage = {
  grid: 'Grid',
  calendar: 'Calendar',
  stats: 'Statistics',
  dependencies: 'Dependencies',
  lastRuns: 'Latest runs',
  updated: 'Changed',
  execution: {
    parallel: 'run side by side',
    serial_wait: 'wait for the earlier run',
    serial_discard: 'are dropped while one runs',
    serial_priority: 'take the place of the earlier run',
  } as Record<string, string>,
  deleteTitle: (name: string) => `Delete workflow ${name}?`,
  deleteText: 'Its versions go with it. Runs that ended keep their record. This cannot be undone.',
  deleteVerb: 'Delete',
  deleteType: (name: string) => `Type ${name} to confirm`,
  deleted: (name: string) => `${name} is deleted.`,
};

export type WorkflowPageMessages = typeof enWorkflowPage;
