import type { GuideMessages } from './en-guide.ts';

export const zhGuide: GuideMessages = {
  title: '使用指南',
  search: '搜索指南',
  pages: '指南页面',
  results: '搜索结果',
  found: (count) => `${count} 个章节`,
  none: (query) => `没有关于“${query}”的内容`,
  noneText: '所有词必须出现在同一章节中。请减少词语或换用其他词。',
  missing: (page) => `指南中没有页面“${page}”`,
  all: '所有页面',
  language: '指南以英文编写。',
};
