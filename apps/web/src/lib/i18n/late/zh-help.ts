/** 快捷键列表的简体中文。 */
import type { HelpMessages } from './en-help.ts';

export const zhHelp: HelpMessages = {
  everywhere: '任何位置',
  lists: '列表',
  run: '运行页',
  log: '日志',
  goTo: (page) => `前往${page}`,
  palette: '搜索和跳转',
  thisHelp: '此列表',
  filter: '前往筛选',
  nextPrev: '下一行和上一行',
  open: '打开',
  fresh: '显示新行',
  choose: '选择该行',
  chooseRange: '选择到该行为止的各行',
  escape: '关闭，或离开输入框',
  stop: '停止运行',
  rerun: '重新运行',
  pause: '暂停或继续',
  search: '在日志中搜索',
  follow: '开关跟随',
  wrap: '开关换行',
  match: '下一个和上一个匹配',
  trouble: '下一个和上一个错误',
  ends: '第一行和最后一行',
  or: '或',
};
