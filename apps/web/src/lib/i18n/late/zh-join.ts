/** 工作节点加入的简体中文。 */
import type { JoinMessages } from './en-join.ts';

export const zhJoin: JoinMessages = {
  title: '加入工作节点',
  text: '在任何能访问本服务器的机器上执行此命令。连接由节点向外发起，无需开放端口。',
  name: '令牌名称',
  group: '组',
  slots: '槽位',
  make: '生成命令',
  once: '令牌仅显示这一次。它只能让节点加入，不能读取或修改其他内容。',
  waiting: '等待节点加入…',
  done: (name) => `${name} 已加入。`,
};
