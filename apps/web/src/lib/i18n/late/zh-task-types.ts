/** 任务类型的简体中文名称。 */
import type { TaskTypeMessages } from './en-task-types.ts';

export const zhTaskTypes: TaskTypeMessages = {
  shell: 'Shell',
  node: 'JavaScript',
  http: 'HTTP',
  sql: 'SQL',
  noop: '标记',
  sub_workflow: '子工作流',
  switch: '分支',
  conditions: '条件',
  dependent: '依赖',
  dynamic: '动态',
  approval: '审批',
  wait: '等待',
};
