/** 运行状态机的简体中文。 */
import { count } from '../zh-count.ts';
import type { MachineMessages } from './en-machine.ts';

export const zhMachine: MachineMessages = {
  run: '运行',
  task: (name, attempt) => `任务 ${name}，第 ${count(attempt)} 次尝试`,
  noTask: '请选择一个已开始的任务以查看其状态。',
  picture: (title) => `状态图：${title}`,
  current: '当前状态',
  hint: '带编号的实线是目前走过的路径；虚线表示从加框状态可以走向何处。点击某个状态可查看其后续。',
  tasks: { run: '任务的结果', task: '其他任务的结果' },
  nothing: '新建',
  more: (n) => `另外 ${count(n)} 个`,
  way: '目前走过的路径',
  noWay: '还没有相关记录。',
  all: (n) => `全部 ${count(n)} 种状态变化及其起因`,
  takenAs: (numbers) => `第 ${numbers} 步`,
};
