/** 概览页面的简体中文。 */
import { count } from '../zh-count.ts';
import type { OverviewMessages } from './en-overview.ts';

export const zhOverview: OverviewMessages = {
  title: '总览',
  recent: '最新运行',
  allRuns: '全部运行',
  strip: (n) => `最近 ${count(n)} 次运行，由旧到新，高度为时长`,
  stripTitle: '脉搏',
  stripHint: '最近的运行，由旧到新，高度为时长',
  failing: '失败的工作流',
  failingNone: '没有失败',
  failingNoneHint: '最近一次结束的运行失败的工作流会列在这里。',
  cluster: '集群',
  leader: '主节点',
  epoch: (n) => `任期 ${n}`,
  noLeader: '没有主节点：在某台服务器取得租约之前不会派发任务。',
  queue: '等待的命令',
  workers: '工作节点',
  workersOnline: (online, all) => `${count(online)} / ${count(all)} 在线`,
  slots: '占用的槽位',
  noWorkers: '没有在线的工作节点。任务会等到有节点加入。',
  joinOne: '加入工作节点',
  version: '版本',
  firstTitle: '开始第一次运行',
  firstText: '工作流是一组任务以及它们之间的等待关系。工作节点执行任务，本页显示它们的进展。',
  firstExample: '运行示例',
  firstExampleText: '真实数据，三到七个任务，几秒完成。',
  firstWorker: '加入工作节点',
  firstWorkerText: '在任何能访问本服务器的机器上执行一条 npx 命令。',
  firstOwn: '编写自己的工作流',
  firstOwnText: '一小段 YAML，旁边就是实时的图。',
};
