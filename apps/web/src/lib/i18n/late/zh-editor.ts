/** 工作流编辑器的简体中文。 */
import { count } from '../zh-count.ts';
import type { EditorMessages } from './en-editor.ts';

export const zhEditor: EditorMessages = {
  newTitle: '新建工作流',
  editTitle: (name) => `编辑 ${name}`,
  label: '工作流 YAML',
  save: '保存',
  saving: '正在保存…',
  create: '创建',
  unchanged: '没有变化：未生成新版本。',
  saved: (version) => `已保存为版本 ${version}。`,
  problems: (n) => `${count(n)} 个问题`,
  noProblems: '未发现问题',
  preview: '图',
  previewStale: '图中显示的是最近一次可读取的文本。',
  goTo: (line) => `第 ${line} 行`,
  changedElsewhere: (version) => `在你编辑期间，有人保存了版本 ${version}。保存将在其之上生成更新的版本。`,
  types: '任务类型',
  insert: '插入',
  cycle: (path) => `这些任务互相等待：${path}`,
  unknownDep: (name) => `没有名为 ${name} 的任务`,
  duplicate: (name) => `有两个任务都叫 ${name}`,
};
