/** 运行的过去（事件滑块）的简体中文。 */
import { count } from '../zh-count.ts';
import type { MomentMessages } from './en-moment.ts';

export const zhMoment: MomentMessages = {
  runs: { previous: '上一次运行', next: '下一次运行' },
  past: '回看',
  pastHint: '查看运行在过去任一时刻的样子',
  label: '运行的时刻',
  asItWas: '当时的样子：',
  eventOf: (n, of) => `第 ${count(n)} 个事件，共 ${count(of)} 个`,
  backToNow: '回到现在',
  previous: '上一个事件',
  next: '下一个事件',
  reading: '正在读取记录…',
  notWhole: (n) => `滑块只覆盖此运行的前 ${count(n)} 个事件。`,
  nothing: '此运行没有任何记录。',
  cannot: '无法显示该时刻',
  since: '自',
  nextStep: '接下来',
  run: '运行',
  attempt: (n) => `第 ${n} 次尝试`,
  notThere: '此任务当时还没有任何尝试。',
  logIsNow: '日志按现在的内容显示。',
  openNow: '此任务的现状',
  events: {
    'workflow_instance.created': '运行已登记',
    'workflow_instance.state': '运行状态改变',
    'workflow_instance.reason': '说明现状的原因',
    'workflow_instance.params': '参数已更改',
    'task_instance.created': '新建一次尝试',
    'task_instance.state': '状态改变',
    'task_instance.reason': '说明现状的原因',
    'task_instance.superseded': '被新的尝试取代',
    'task_instance.warning': '警告',
    'task.passed_over': '可以重新执行',
  },
};
