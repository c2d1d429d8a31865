/** 工作流版本的简体中文。 */
import { count } from '../zh-count.ts';
import type { VersionMessages } from './en-versions.ts';

export const zhVersions: VersionMessages = {
  title: '变更内容',
  from: '从',
  to: '到',
  base: '对比基准',
  older: '更早的版本',
  views: '变更的显示方式',
  changes: '变更',
  yaml: 'YAML',
  graph: '图',
  added: '新增',
  removed: '删除',
  changed: '修改',
  reordered: '顺序改变',
  wholeTask: '任务',
  ofWorkflow: '工作流本身',
  lines: (added, removed) => `+${count(added)} −${count(removed)} 行`,
  allLines: (n) => `显示全部 ${count(n)} 行`,
  same: '两个版本内容相同',
  sameText: '请选择另一对版本，或点击左侧版本查看其变更。',
  single: '目前只有一个版本',
  singleText: '每次保存有变化的内容都会产生新版本，所有版本都会保留。',
  edit: '编辑',
  unknown: (version) => `没有版本 ${count(version)}`,
  restore: '恢复',
  restoreNamed: (version) => `恢复版本 ${version}`,
  restoreTitle: (version) => `恢复版本 ${version}？`,
  restoreText: (version, next) =>
    `版本 ${version} 的内容将保存为版本 ${next}。所有版本都会保留。新的运行使用新版本，进行中的运行不受影响。`,
  restored: (version, as) => `版本 ${version} 已恢复为版本 ${as}。`,
  restoredSame: (version) => `最新版本与版本 ${version} 内容相同。`,
};
