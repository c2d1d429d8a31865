/** 跨运行的任务列表的简体中文。 */
import { count } from '../zh-count.ts';
import type { TasksMessages } from './en-tasks.ts';

export const zhTasks: TasksMessages = {
  title: '任务',
  task: '任务',
  state: '状态',
  type: '类型',
  worker: '工作节点',
  submitted: '提交时间',
  duration: '耗时',
  why: '为什么？',
  allTypes: '所有类型',
  allWorkers: '所有工作节点',
  filters: {
    all: '全部',
    active: '进行中',
    failed: '失败',
    success: '成功',
    stopped: '已终止',
    paused: '已暂停',
  },
  fresh: (n) => `${count(n)} 个新任务 — 显示`,
  older: '更早的任务',
  emptyTitle: '还没有任务运行过',
  emptyText: '启动一个工作流，它的任务会立即出现在这里。',
  noMatch: '没有符合筛选条件的任务。',
  further: '最新的任务中没有；更早的尚未查看。',
  look: '继续向前查看',
  clear: '清除筛选',
};
