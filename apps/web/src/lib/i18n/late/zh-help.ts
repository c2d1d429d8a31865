/** 快捷键列表的简体中文。 */
import type { HelpMessages } from './en-help.ts';

export const zhHelp: HelpMessages = {
  places: { everywhere: '任何位置', go: '前往', lists: '列表', page: '当前页面', log: '日志' },
  intro: '在此列表背后的页面上可用的快捷键。',
  does: {
    palette: '搜索和跳转',
    help: '此列表',
    filter: '前往筛选',
    next: '下一行',
    previous: '上一行',
    fresh: '显示新行',
    choose: '选择该行',
    chooseRange: '选择自上次以来的行',
    timeline: '时间线',
    graph: '图',
    tasks: '任务',
    stop: '停止运行',
    rerun: '重新运行',
    pause: '暂停或继续',
    find: '在日志中搜索',
    follow: '开关跟随',
    wrap: '开关换行',
    nextMatch: '下一个匹配',
    previousMatch: '上一个匹配',
    nextTrouble: '下一个错误',
    previousTrouble: '上一个错误',
    begin: '第一行',
    end: '最后一行',
  },
  escape: '关闭，或离开输入框',
  open: '打开',
};
