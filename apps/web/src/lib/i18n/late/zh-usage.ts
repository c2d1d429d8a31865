/** 任务所用资源的简体中文。 */
import type { UsageMessages } from './en-usage.ts';

export const zhUsage: UsageMessages = {
  cpu: 'CPU 时间',
  cpuHint: '所有核心合计，包括它启动的全部进程',
  memory: '内存',
  memoryHint: '其全部进程同时占用内存的最大观测值；每两秒观测一次',
};
