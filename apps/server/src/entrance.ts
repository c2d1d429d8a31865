/** What answers on the server's port: until the server has started, a request to come back soon. */
import type { Wire } from '@vaquita/protocol';
import type { ListenOptions } from './host.ts';

type Answers = Pick<ListenOptions, 'fetch' | 'acceptWorker'>;

export interface Entrance extends Answers {
  /** From now on these answer. */
  open(answers: Answers): void;
}

/** WebSocket close code: the server is not ready, try again. */
const TRY_AGAIN_LATER = 1013;

export function createEntrance(): Entrance {
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
        { status: 503, headers: { 'content-type': 'application/problem+json', 'retry-after': '1' } },
      ),
    acceptWorker: (wire: Wire) => wire.close(TRY_AGAIN_LATER, 'the server is starting'),
  };
  return {
    fetch: (request, env) => answers.fetch(request, env),
    acceptWorker: (wire) => answers.acceptWorker(wire),
    open(next) {
      answers = next;
    },
  };
}
