/** 跳转面板的简体中文。 */
import type { PaletteMessages } from './en-palette.ts';

export const zhPalette: PaletteMessages = {
  title: '跳转',
  placeholder: '页面、工作流或运行编号…',
  pages: '页面',
  workflows: '工作流',
  runs: '运行',
  actions: '操作',
  found: '按名称或 ID 找到',
  everywhere: (text) => `在搜索页中查找“${text}”`,
  nothing: '没有找到',
  hint: '↑ ↓ 选择 · Enter 打开 · Esc 关闭',
  toggleTheme: '切换浅色和深色',
};
