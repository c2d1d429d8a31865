/** Who is told: alert channels with the one way to send through them, and listeners. */

export type { AlertFact, AlertKind, AlertLink, AlertMessage, AlertSeverity } from '@vaquita/core';
export { type AlertChannel, type Delivery, defineChannel } from './alerts/channel.ts';
export { ALERT_CHANNELS, channelByName } from './alerts/channels.ts';
export { ALERT_COUNTS, type AlertCount } from './alerts/engine/counts.ts';
export { type AlertEngine, createAlertEngine } from './alerts/engine/engine.ts';
export type { AlertEngineDeps, SendFunction } from './alerts/engine/ports.ts';
export { ALERT_ENGINE_DEFAULTS, type AlertEngineSettings } from './alerts/engine/settings.ts';
export { sendAlert, sendThrough, type Target } from './alerts/send-alert.ts';
export * from './alerts/send-result.ts';
export { BUILT_IN_LISTENERS, builtInPlugin } from './listeners/built-in.ts';
export {
  defineListener,
  type ListenerContext,
  type ListenerEvent,
  type ListenerEventType,
  type ListenerPlugin,
} from './listeners/listener-plugin.ts';
export type * from './listeners/ports.ts';
export * from './ports.ts';
