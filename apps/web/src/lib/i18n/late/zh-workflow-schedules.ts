/** 工作流和运行页面上与定时计划有关的简体中文。 */
import type { WorkflowScheduleMessages } from './en-workflow-schedules.ts';

export const zhWorkflowSchedules: WorkflowScheduleMessages = {
  add: '添加',
  all: '全部',
  none: '只能手动启动。',
  next: '下次',
  nothing: '后面没有触发时间',
  offline: '下线',
  origin: { schedule: '定时计划', backfill: '补数', trigger: '触发器' },
};
