/** 总览中需要处理和即将发生的事项的简体中文。 */
import { count } from '../zh-count.ts';
import type { AttentionMessages } from './en-attention.ts';

export const zhAttention: AttentionMessages = {
  range: '时间范围',
  ranges: { '1h': '最近 1 小时', '24h': '最近 24 小时', '7d': '最近 7 天' },
  created: { '1h': '最近 1 小时创建的运行', '24h': '最近 24 小时创建的运行', '7d': '最近 7 天创建的运行' },
  overTime: '运行数量随时间变化',
  from: '从',
  most: (n) => `最多 ${count(n)} 条`,
  noRuns: '没有运行',
  cut: (time) => `运行太多，未全部统计：图中只有 ${time} 之后的。`,
  waiting: '等待中',
  allWaiting: '全部等待的运行',
  nothingWaits: '没有运行或任务在等待。',
  groupWaits: (n, group) => `${count(n)} 个任务等待工作组 ${group}`,
  noWorker: '该组没有在线的工作节点。',
  slotsFull: (used, slots) => `该组已用 ${count(used)} / ${count(slots)} 个槽位。`,
  setAside: '被引擎搁置',
  setAsideText: '在有人重试或停止之前，它们不会继续。',
  undelivered: '未送达的告警',
  allUndelivered: '全部',
  next: '即将启动',
  forecast: '预测',
  nothingNext: '一天之内没有定时触发。',
  backfills: '进行中的补数',
  allBackfills: '全部补数',
  backfillDone: (percent, items, failed) =>
    `${count(items)} 次运行已完成 ${percent} %${failed === 0 ? '' : `，失败 ${count(failed)} 次`}`,
  workers: '各工作节点的槽位',
  slotsUsed: (used, slots) => `已用 ${count(used)} / ${count(slots)} 个槽位`,
  moreWorkers: (n) => `另有 ${count(n)} 个`,
  firstRun: '创建示例并运行',
};
