/** 可编辑的图的简体中文。 */
import type { GraphEditMessages } from './en-graph-edit.ts';

export const zhGraphEdit: GraphEditMessages = {
  insert: (from, to) => `在 ${from} 与 ${to} 之间插入任务`,
  deleteCuts: 'Delete 移除连接',
  connect: (name) => `将 ${name} 连接到要等待它的任务`,
  chooseTarget: (name) => `选择要等待 ${name} 的任务。按 Esc 取消。`,
  wouldConnect: (from, to) => `${to} 将等待 ${from}。`,
  keys: 'c 连接，a 在其后添加，Delete 移除',
};
