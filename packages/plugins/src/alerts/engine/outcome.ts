/** What becomes of a delivery after a try. Pure, but for chance. */
import type { DeliveryOutcome, Random } from '@vaquita/core';
import type { SendFailure, SendResult } from '../send-result.ts';
import type { AlertEngineSettings } from './settings.ts';

interface Try {
  readonly attempt: number;
  /** When it ended. */
  readonly now: number;
  readonly random: Pick<Random, 'next'>;
  readonly settings: AlertEngineSettings;
}

export function outcomeOf(result: SendResult, given: Try): DeliveryOutcome {
  const { attempt, now, settings } = given;
  if (result.ok) return { status: 'sent', answer: result.answer };
  if (!result.retryable) return { status: 'failed', reason: result.message };
  if (attempt >= settings.maxAttempts) {
    return { status: 'failed', reason: `${result.message} (given up after ${attempt} tries)` };
  }
  const waitMs = Math.max(backoffMs(attempt, given), askedFor(result, settings));
  return {
    status: 'retry',
    reason: result.message,
    nextAttemptAt: now + waitMs,
    notBefore: result.reason === 'rate_limited' ? now + waitMs : null,
  };
}

function askedFor({ retryAfterMs }: SendFailure, { maxRetryAfterMs }: AlertEngineSettings): number {
  return Math.min(retryAfterMs ?? 0, maxRetryAfterMs);
}

/** Half of it is chance, so that what failed together does not come back together. */
function backoffMs(attempt: number, { random, settings }: Try): number {
  const most = Math.min(settings.backoffMs * 2 ** (attempt - 1), settings.maxBackoffMs);
  return Math.round((most / 2) * (1 + random.next()));
}
