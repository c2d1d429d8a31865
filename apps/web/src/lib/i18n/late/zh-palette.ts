/** 跳转面板的简体中文。 */
import type { PaletteMessages } from './en-palette.ts';

export const zhPalette: PaletteMessages = {
  title: '跳转',
  placeholder: '页面、名称，或 nightly#12 这样的运行…',
  pages: '页面',
  workflows: '工作流',
  runs: '运行',
  actions: '操作',
  found: '按名称或 ID 找到',
  everywhere: (text) => `在搜索页中查找“${text}”`,
  more: {
    calendars: '日历',
    forecast: '预测',
    registry: '注册中心',
    retention: '数据保留',
    channels: '告警渠道',
    grid: '网格',
    calendar: '年历',
    statistics: '统计',
  },
  runById: (id) => `ID 为 ${id} 的运行`,
  nothing: '没有找到',
  hint: '↑ ↓ 选择 · Enter 打开 · Esc 关闭',
  toggleTheme: '切换浅色和深色',
};
