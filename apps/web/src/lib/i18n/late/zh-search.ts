import type { SearchMessages } from './en-search.ts';

export const zhSearch: SearchMessages = {
  title: '搜索',
  field: '名称或 ID',
  placeholder: '名称的开头、ID，或 名称#12',
  tips: '按名称或 ID 查找',
  tipsText:
    '输入项目、工作流、定时计划、触发器、组或工作节点名称的开头；粘贴运行或任务的 ID；或者用“名称#12”查找一次运行。',
  none: (text) => `没有以“${text}”开头的内容`,
  noneText: '按名称的开头查找。请减少几个字符，或查看全部运行。',
  toRuns: '前往运行列表',
  found: (n) => `找到 ${n} 项`,
  kinds: {
    run: '运行',
    task: '运行中的任务',
    workflow: '工作流',
    project: '项目',
    schedule: '定时计划',
    trigger: '触发器',
    task_group: '任务组',
    worker_group: '工作节点组',
    worker: '工作节点',
  },
};
