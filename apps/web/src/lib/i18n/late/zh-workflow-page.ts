/** 工作流各页面共用的简体中文。 */
import type { WorkflowPageMessages } from './en-workflow-page.ts';

export const zhWorkflowPage: WorkflowPageMessages = {
  grid: '网格',
  calendar: '日历',
  dependencies: '依赖关系',
  stats: '统计',
  lastRuns: '最近运行',
  updated: '修改时间',
  execution: {
    parallel: '并行执行',
    serial_wait: '等待前一次运行',
    serial_discard: '运行期间的新运行会被丢弃',
    serial_priority: '取代前一次运行',
  },
  deleteTitle: (name) => `删除工作流 ${name}？`,
  deleteText: '其所有版本将一并删除。已结束的运行保留记录。此操作无法撤销。',
  deleteVerb: '删除',
  deleteType: (name) => `输入 ${name} 以确认`,
  deleted: (name) => `${name} 已删除。`,
};
