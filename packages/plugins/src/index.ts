/** Who is told: alert channels, and the one way to send through them. */

export type { AlertFact, AlertKind, AlertLink, AlertMessage, AlertSeverity } from '@vaquita/core';
export { type AlertChannel, type Delivery, defineChannel } from './alerts/channel.ts';
export { ALERT_CHANNELS, channelByName } from './alerts/channels.ts';
export { sendAlert, sendThrough, type Target } from './alerts/send-alert.ts';
export * from './alerts/send-result.ts';
export * from './ports.ts';
