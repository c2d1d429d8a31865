/** One call to a message broker, within its time. */
export interface Limits {
  /** For people: host and port. */
  readonly peer: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What silence may come of, after the sentence that tells of it. */
  readonly hint?: string;
}

/** Some servers wait for more when they are greeted in TLS and do not speak it. */
export const TLS_HINT = '. If it does not speak TLS there, switch TLS off or enter its port for TLS';

/**
 * One piece of work within its time. When that is over, or the signal fires, `giveUp` breaks it off; what was asked may have
 * been done all the same.
 */
export async function within<T>(
  { peer, timeoutMs, signal, hint = '' }: Limits,
  work: () => Promise<T>,
  giveUp: () => void,
): Promise<T> {
  const limit = AbortSignal.timeout(timeoutMs);
  const both = AbortSignal.any([signal, limit]);
  const ended = Promise.withResolvers<never>();
  const end = () => {
    giveUp();
    const why = signal.aborted ? `${peer} was given up` : `${peer} has not answered within ${timeoutMs} ms${hint}`;
    ended.reject(new Error(why));
  };
  if (both.aborted) end();
  both.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([both.aborted ? ended.promise : work(), ended.promise]);
  } finally {
    both.removeEventListener('abort', end);
  }
}
