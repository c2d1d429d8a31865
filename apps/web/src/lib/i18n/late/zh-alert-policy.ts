/** 工作流、启动和运行中与告警有关的简体中文。 */
import type { AlertPolicyMessages } from './en-alert-policy.ts';

export const zhAlertPolicy: AlertPolicyMessages = {
  title: '告警',
  tell: '通知告警组',
  group: '告警组',
  asWorkflow: '按工作流的设置',
  on: { none: '从不', success: '成功后', failure: '失败后', all: '每次结束后' },
  queueWait: '等待超过此时长时通知',
  deadline: '超过此时长未完成时通知',
  itsAlerts: '它的告警',
  ofRun: (n, more) => (more ? `${n}+ 条告警` : `${n} 条告警`),
};
