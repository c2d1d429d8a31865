/** Tasks and retry policies that tests of several topics use. */

export const retryOnce = { times: 1, intervalMs: 10_000, backoff: 'fixed', maxIntervalMs: 0 } as const;
export const retryTwice = { times: 2, intervalMs: 1_000, backoff: 'fixed', maxIntervalMs: 0 } as const;

export const CHAIN = [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'c', dependsOn: ['b'] }];
