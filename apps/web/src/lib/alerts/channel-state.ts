/** How it stands with an alert channel, as one word with its family of colours. What needs somebody comes first. Pure. */
import type { AlertChannelView } from '@vaquita/client';

export type ChannelState = 'unreadable' | 'off' | 'failing' | 'held' | 'works' | 'untried';

export const CHANNEL_FAMILY = {
  unreadable: 'failed',
  off: 'skipped',
  failing: 'failed',
  held: 'retry',
  works: 'success',
  untried: 'queued',
} as const satisfies Record<ChannelState, string>;

type Facts = Pick<AlertChannelView, 'enabled' | 'lastDeliveredAt' | 'lastError' | 'pausedUntil' | 'problem'>;

export function channelState(channel: Facts): ChannelState {
  if (channel.problem !== null) return 'unreadable';
  if (!channel.enabled) return 'off';
  if (channel.pausedUntil !== null) return 'held';
  if (channel.lastError !== null) return 'failing';
  return channel.lastDeliveredAt === null ? 'untried' : 'works';
}
