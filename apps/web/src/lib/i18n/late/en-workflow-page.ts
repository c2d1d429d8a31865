/** English texts that all pages of one workflow share. */
export const enWorkflowPage = {
  grid: 'Grid',
  calendar: 'Calendar',
  stats: 'Statistics',
  dependencies: 'Dependencies',
};

export type WorkflowPageMessages = typeof enWorkflowPage;
