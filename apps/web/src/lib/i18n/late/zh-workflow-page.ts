/** 工作流各页面共用的简体中文。 */
import type { WorkflowPageMessages } from './en-workflow-page.ts';

export const zhWorkflowPage: WorkflowPageMessages = {
  grid: '网格',
  calendar: '日历',
  dependencies: '依赖关系',
  stats: '统计',
};
