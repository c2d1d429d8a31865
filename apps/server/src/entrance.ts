/** What answers on the server's port: until the server has started, a request to come back soon. */
import type { Clock } from '@vaquita/core';
import { refuseForNow } from '@vaquita/master';
import type { ListenOptions } from './host.ts';

type Answers = Pick<ListenOptions, 'fetch' | 'acceptWorker'>;

export interface Entrance extends Answers {
  /** From now on these answer. */
  open(answers: Answers): void;
}

/** A start takes about as long. */
const RETRY_AFTER_MS = 1_000;

export function createEntrance(clock: Clock): Entrance {
  let answers: Answers = {
    fetch: () =>
      new Response(
        JSON.stringify({
          type: 'about:blank',
          title: 'Not available now',
          status: 503,
          code: 'unavailable',
          detail: 'The server is starting.',
        }),
        {
          status: 503,
          headers: { 'content-type': 'application/problem+json', 'retry-after': String(RETRY_AFTER_MS / 1_000) },
        },
      ),
    // Not just closed: a worker would take it for a server that is down, and wait longer each time.
    acceptWorker: (wire) => refuseForNow(wire, clock, RETRY_AFTER_MS),
  };
  return {
    fetch: (request, env) => answers.fetch(request, env),
    acceptWorker: (wire) => answers.acceptWorker(wire),
    open(next) {
      answers = next;
    },
  };
}
