/** English texts that all pages of one workflow share. */
export const enWorkflowPage = {
  grid: 'Grid',
};

export type WorkflowPageMessages = typeof enWorkflowPage;
