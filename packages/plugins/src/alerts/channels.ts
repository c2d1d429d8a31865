/** The channels that are built in, in the order in which they are offered. */
import type { AlertChannel } from './channel.ts';
import { alertmanager } from './channels/alertmanager.ts';
import { dingtalk } from './channels/dingtalk.ts';
import { discord } from './channels/discord.ts';
import { email } from './channels/email.ts';
import { feishu } from './channels/feishu.ts';
import { opsgenie } from './channels/opsgenie.ts';
import { pagerduty } from './channels/pagerduty.ts';
import { slack } from './channels/slack.ts';
import { teams } from './channels/teams.ts';
import { telegram } from './channels/telegram.ts';
import { webex } from './channels/webex.ts';
import { webhook } from './channels/webhook.ts';
import { wecom } from './channels/wecom.ts';
import { workflow } from './channels/workflow.ts';

export const ALERT_CHANNELS: readonly AlertChannel[] = [
  email,
  webhook,
  slack,
  teams,
  discord,
  telegram,
  pagerduty,
  opsgenie,
  alertmanager,
  dingtalk,
  feishu,
  wecom,
  webex,
  workflow,
];

export function channelByName(name: string): AlertChannel | null {
  return ALERT_CHANNELS.find((channel) => channel.name === name) ?? null;
}
