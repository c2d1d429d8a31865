/** 运行合并日志及全部任务输入输出的简体中文。 */
import { count } from '../zh-count.ts';
import type { RunLogMessages } from './en-run-log.ts';

export const zhRunLog: RunLogMessages = {
  startParams: '启动参数',
  inputs: '输入：',
  outputs: '输出',
  noParams: '此运行没有自己的参数。',
  eventAt: '时间',
  eventWhat: '事件',
  eventTask: '任务',
  eventDetail: '详情',
  eventsEmpty: '尚无记录。',
  follow: '跟随',
  all: (n) => `${count(n)} 个任务日志的末尾，按开始顺序排列`,
  some: (shown, of) => `${count(of)} 个任务中的 ${count(shown)} 个：失败的、运行中的或最近开始的`,
  none: '此运行还没有任务写过日志',
  cut: '更早的内容见该任务的日志',
  empty: '没有输出。',
  nothingYet: '尚无输出。',
  outputsOfRun: '运行的输出',
  outputsOfAll: '所有任务的输出',
  inputsOfAll: '所有任务的输入',
  first: (shown, of) => `共 ${count(of)} 项，显示前 ${count(shown)} 项`,
};
