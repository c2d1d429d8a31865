/**
 * The sends of one term: claims what is due, sends it, and writes down what came of it. The rules E1 to E6 stand in
 * `engine.ts`.
 */
import {
  AppError,
  type ClaimedDelivery,
  type DeliveryOutcome,
  type Epoch,
  ERROR_CODES,
  toAppError,
} from '@vaquita/core';
import { type SendResult, sendFailure } from '../send-result.ts';
import type { AlertCounts } from './counts.ts';
import { outcomeOf } from './outcome.ts';
import type { AlertEngineDeps } from './ports.ts';
import type { AlertEngineSettings } from './settings.ts';

export interface SendsDeps extends Omit<AlertEngineDeps, 'settings'> {
  readonly epoch: Epoch;
  readonly counts: AlertCounts;
  readonly settings: AlertEngineSettings;
  /** A place has become free. */
  readonly freed: () => void;
  /** @returns whether the term is over because another server leads. */
  readonly endWhenFenced: (error: unknown) => boolean;
}

export interface Sends {
  /** Claims and begins sends for as long as there are free places and something is due. */
  fill(): Promise<void>;
  readonly held: readonly ClaimedDelivery[];
  /** Breaks all sends off; resolves when they have ended and are given back, or after the grace. */
  end(): Promise<void>;
}

/** Between two tries at writing a result down. */
const WRITE_AGAIN_MS = 1_000;

export function createSends(deps: SendsDeps): Sends {
  const { queue, epoch, clock, random, log, claimer, counts, settings, endWhenFenced } = deps;
  const running = new Map<ClaimedDelivery, Promise<void>>();
  const ending = new AbortController();
  const givenBack: ClaimedDelivery[] = [];

  async function fill(): Promise<void> {
    while (!ending.signal.aborted && running.size < settings.sendsAtOnce) {
      const unproven = [...running.keys()].filter(({ channel }) => !isProven(channel)).length;
      const claimed = await queue.claim(epoch, {
        ...{ claimer, now: clock.now(), perChannel: settings.sendsPerChannel },
        limit: settings.sendsAtOnce - running.size,
        limitUnproven: Math.max(0, settings.sendsToUnproven - unproven),
      });
      for (const delivery of claimed) begin(delivery);
      if (claimed.length === 0) return;
    }
  }

  function begin(delivery: ClaimedDelivery): void {
    const work = carryOut(delivery).catch((error: unknown) => {
      if (endWhenFenced(error)) return;
      log.error('What came of an alert could not be written; it is sent again later.', {
        ...{ delivery: delivery.id, error: toAppError(error).message },
      });
    });
    running.set(
      delivery,
      work.then(() => {
        running.delete(delivery);
        deps.freed();
      }),
    );
  }

  async function carryOut(delivery: ClaimedDelivery): Promise<void> {
    const result = ending.signal.aborted ? STOPPED : await send(delivery);
    // E4: given up by us, not by the channel.
    if (!result.ok && result.reason === 'stopped' && ending.signal.aborted) {
      counts.add('stopped');
      givenBack.push(delivery);
      return;
    }
    const { attempt } = delivery;
    await finish(delivery, outcomeOf(result, { attempt, now: clock.now(), random, settings }));
  }

  /** Ends within the time limit and the margin, whatever the send function does (E3). */
  async function send({ id, attempt, message, channel }: ClaimedDelivery): Promise<SendResult> {
    if (attempt > settings.maxAttempts) {
      const tries = `Begun ${attempt - 1} times, and the server has stopped each time before it came to an end`;
      return sendFailure('rejected', `${tries}. Send it again by hand once that is mended`);
    }
    if (!channel.enabled && message.kind !== 'test') {
      return sendFailure('rejected', 'The channel is switched off. Switch it on, and send it again by hand');
    }
    let opened: Readonly<Record<string, unknown>>;
    try {
      opened = await deps.open(channel);
    } catch (error) {
      // It may be the key of this server that is wrong: then it is not for good.
      return sendFailure('internal', `The settings of the channel cannot be opened: ${toAppError(error).message}`);
    }
    const control = new AbortController();
    const stop = () => control.abort();
    ending.signal.addEventListener('abort', stop, { once: true });
    const stuck = Promise.withResolvers<SendResult>();
    const timer = clock.setTimeout(() => {
      control.abort();
      stuck.resolve(sendFailure('timeout', `the channel has not come to an end within ${settings.timeoutMs} ms`));
    }, settings.timeoutMs + settings.marginMs);
    try {
      const delivery = { id, message, timeoutMs: settings.timeoutMs, signal: control.signal };
      const sent = deps.send(delivery, { channel: channel.type, settings: opened });
      return await Promise.race([sent, stuck.promise]);
    } catch (error) {
      return sendFailure('internal', toAppError(error).message);
    } finally {
      clock.clearTimeout(timer);
      ending.signal.removeEventListener('abort', stop);
    }
  }

  /** Tries for as long as the term lasts: what was sent and is not written down is sent again (E2). */
  async function finish({ id, attempt, channel }: ClaimedDelivery, outcome: DeliveryOutcome): Promise<void> {
    for (;;) {
      try {
        await queue.finish(epoch, { id, attempt, claimer, now: clock.now(), ...outcome });
        break;
      } catch (thrown) {
        const error = thrown instanceof AppError ? thrown : toAppError(thrown);
        // Written already by a try whose answer was lost, or taken back: either way it is not ours any more (Q3).
        if (error.code === 'conflict') break;
        if (!ERROR_CODES[error.code].retryable || error.code === 'internal' || ending.signal.aborted) throw error;
        await new Promise<void>((resolve) => clock.setTimeout(resolve, WRITE_AGAIN_MS));
      }
    }
    counts.add(outcome.status === 'retry' ? 'retried' : outcome.status);
    if (outcome.status !== 'failed') return;
    log.warn('An alert has not reached a channel, and is not tried any more.', {
      ...{ channel: channel.name, delivery: id, reason: outcome.reason },
    });
  }

  async function giveBack(): Promise<void> {
    await Promise.all(running.values());
    try {
      await queue.release(epoch, claimer, givenBack.splice(0), clock.now());
    } catch (error) {
      // Whoever leads next finds them (E5).
      if (!endWhenFenced(error)) log.warn('Alerts under way could not be given back.', { error: String(error) });
    }
  }

  return {
    fill,
    get held() {
      return [...running.keys()];
    },
    async end() {
      ending.abort();
      const grace = Promise.withResolvers<void>();
      const timer = clock.setTimeout(grace.resolve, settings.graceMs);
      await Promise.race([giveBack(), grace.promise]);
      clock.clearTimeout(timer);
    },
  };
}

const STOPPED = sendFailure('stopped', 'this server does not lead any more');

function isProven({ lastError, lastDeliveredAt }: ClaimedDelivery['channel']): boolean {
  return lastError === null && lastDeliveredAt !== null;
}
