/** 运行与任务网格的简体中文。 */
import { count } from '../zh-count.ts';
import type { GridMessages } from './en-grid.ts';

export const zhGrid: GridMessages = {
  label: '最近的运行与任务，最早的运行在前',
  task: '任务',
  run: '运行',
  longest: (length) => `最长 ${length}`,
  nothing: '未执行',
  filters: '网格显示内容',
  howMany: '运行数',
  lastRuns: (n) => `最近 ${count(n)} 次运行`,
  runsBefore: (n) => `${count(n)} 次运行`,
  all: '全部任务',
  failed: '有失败的任务',
  find: '查找任务',
  older: '更早的运行',
  newest: '最新的运行',
  shown: (tasks, runs) => `${count(tasks)} 个任务 × ${count(runs)} 次运行`,
  noFailed: '这些运行中没有失败的任务',
  noMatch: '没有这个名称的任务',
  everything: '显示全部任务',
  choose: '选择一格查看详情。方向键移动，回车打开。',
  attempts: '尝试次数',
  took: '耗时',
  started: '开始于',
  version: '版本',
  openTask: '打开任务',
  openRun: '打开运行',
  legend: '图形含义',
  again: '不止一次尝试',
};
