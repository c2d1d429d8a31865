/** English texts of what a task has used of its worker. */
export const enUsage = {
  cpu: 'CPU time',
  cpuHint: 'On all cores together, of everything that it started',
  memory: 'Memory',
  memoryHint: 'The most that all of its processes were seen to hold at once; looked at every two seconds',
};

export type UsageMessages = typeof enUsage;
