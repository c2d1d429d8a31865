/**
 * The one way to send an alert.
 *
 * C1 It never throws and never hangs: whatever a channel does, a result comes within the time limit or soon after.
 * C2 No secret of the settings is in the result, whoever repeats it: the peer, a port or an error of the channel.
 * C3 Settings that do not hold are never sent with.
 */
import { AppError } from '@vaquita/core';
import type { ChannelPorts } from '../ports.ts';
import type { AlertChannel, Delivery } from './channel.ts';
import { channelByName } from './channels.ts';
import { boundMessage, cut, oneLine } from './rendering/words.ts';
import { createRedact, type Redact, secretsIn } from './secrets.ts';
import { type SendResult, sendFailure } from './send-result.ts';
import { readSettings, settingsForm } from './settings-form.ts';

/** Beyond the channel's own limit, for what does not heed it. */
const GRACE_MS = 1_000;
/** Enough to understand a refusal, and small in a row. */
const MAX_EXCERPT = 500;

export interface Target {
  /** Name of the channel, such as `slack`. */
  readonly channel: string;
  /** As stored. */
  readonly settings: unknown;
}

export async function sendAlert(delivery: Delivery, target: Target, ports: ChannelPorts): Promise<SendResult> {
  const channel = channelByName(target.channel);
  if (channel === null) return sendFailure('bad_settings', `there is no alert channel "${target.channel}"`);
  return sendThrough(channel, delivery, target.settings, ports);
}

/** For a channel that is not in the list. */
export async function sendThrough(
  channel: AlertChannel,
  delivery: Delivery,
  given: unknown,
  ports: ChannelPorts,
): Promise<SendResult> {
  const redact = createRedact(secretsIn(settingsForm(channel), given));
  let settings: Readonly<Record<string, unknown>>;
  try {
    settings = readSettings(channel, given);
  } catch (error) {
    return excerpt(sendFailure('bad_settings', sentenceOf(error)), redact);
  }
  const { clock } = ports;
  const control = new AbortController();
  const stop = () => control.abort(delivery.signal.reason);
  if (delivery.signal.aborted) return sendFailure('stopped', 'the send was given up before it began');
  delivery.signal.addEventListener('abort', stop, { once: true });
  const limited = Promise.withResolvers<SendResult>();
  const timer = clock.setTimeout(() => {
    control.abort();
    limited.resolve(sendFailure('timeout', `the channel has not come to an end within ${delivery.timeoutMs} ms`));
  }, delivery.timeoutMs + GRACE_MS);
  const givenUp = () => limited.resolve(sendFailure('stopped', 'the send was given up'));
  try {
    const sent = channel.send(
      { ...delivery, message: boundMessage(delivery.message), signal: control.signal },
      settings,
      ports,
    );
    delivery.signal.addEventListener('abort', givenUp, { once: true });
    return excerpt(await Promise.race([sent, limited.promise]), redact);
  } catch (error) {
    return excerpt(sendFailure('internal', sentenceOf(error)), redact);
  } finally {
    clock.clearTimeout(timer);
    delivery.signal.removeEventListener('abort', stop);
    delivery.signal.removeEventListener('abort', givenUp);
  }
}

/** First redacted, then cut: a secret that is cut in two would not be found. */
function excerpt(result: SendResult, redact: Redact): SendResult {
  const short = (text: string) => cut(oneLine(redact(text)), MAX_EXCERPT);
  return result.ok ? { ...result, answer: short(result.answer) } : { ...result, message: short(result.message) };
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const problems = error.problems.map(({ path, message }) => `${path}: ${message}`);
  return [error.message, ...problems].join('; ');
}
