/** 日志查看器的简体中文。 */
import { count } from '../zh-count.ts';
import type { LogMessages } from './en-log.ts';

export const zhLog: LogMessages = {
  label: '日志',
  search: '搜索日志',
  regex: '正则表达式',
  wrap: '自动换行',
  follow: '跟随',
  download: '下载日志',
  copySelection: '复制显示的行',
  lines: (n) => `${count(n)} 行`,
  matches: (at, all) => (all === 0 ? '无匹配' : `${count(at)} / ${count(all)}`),
  next: '下一个匹配',
  previous: '上一个匹配',
  nextTrouble: '下一个错误',
  newLines: (n) => `${count(n)} 行新内容`,
  empty: '此次尝试没有输出。',
  waiting: '尚无输出。',
  dropped: (n) => `此页未保留之前的 ${count(n)} 行：请下载完整日志。`,
  badPattern: '表达式无效',
  skipHead: '日志较大，仅显示末尾。',
  loadAll: '从头加载',
};
