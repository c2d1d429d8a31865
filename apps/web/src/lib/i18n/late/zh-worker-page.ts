/** 单个工作节点页面的简体中文。 */
import type { WorkerPageMessages } from './en-worker-page.ts';

export const zhWorkerPage: WorkerPageMessages = {
  facts: '工作节点',
  state: '状态',
  connected: '连接于',
  session: '会话超时',
  figures: '指标',
  figuresHint: '最近 15 分钟，在此页面打开期间收集。',
  collecting: '随它接下来的心跳出现。',
  cpu: 'CPU',
  memory: '内存',
  disk: '磁盘',
  used: '使用中的槽位',
  load: '负载',
  answer: '心跳应答',
  line: (name, now, least, most) => `${name}：现在 ${now}，${least} 至 ${most}`,
  running: '正在执行',
  runningNone: '目前没有执行任务。',
  latest: '最近的任务',
  latestNone: '还没有任务发送给它。',
  allTasks: '它的全部任务',
  older: '更早的任务',
  record: '注册中心',
  recordHint: '最近几小时它何时加入和离开。',
  recordNone: '最近几小时没有记录。',
  kinds: { added: '加入', updated: '更新', removed: '离开' },
};
