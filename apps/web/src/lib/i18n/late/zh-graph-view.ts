/** 图形视图的简体中文。 */
import { count } from '../zh-count.ts';
import type { GraphViewMessages } from './en-graph-view.ts';

export const zhGraphView: GraphViewMessages = {
  label: '任务图',
  hint: '拖动移动，Ctrl + 滚轮缩放，方向键沿边移动',
  zoomIn: '放大',
  zoomOut: '缩小',
  fit: '显示全部',
  nodes: (n) => `${count(n)} 个任务`,
  tooLarge: '以画布绘制；任务列表包含相同的任务。',
};
