/** 两次运行对比的简体中文。 */
import { count } from '../zh-count.ts';
import type { CompareMessages } from './en-compare.ts';

export const zhCompare: CompareMessages = {
  title: '与另一次运行对比',
  compare: '对比',
  compareWith: '对比对象',
  runs: '两次运行',
  thisRun: '（本次运行）',
  tasks: '有差异的任务',
  all: (n) => `显示全部 ${count(n)} 个任务`,
  same: '所有任务的最终状态相同，耗时也相近。',
  longer: '多用时',
  notThere: '不包含',
  only: '此工作流还没有其他运行',
  onlyText: '再运行一次即可查看差异。',
};
