/**
 * The one live stream of this tab.
 * I1. Data is never shown as fresh when it may not be: `state` is `lost` from the moment the stream breaks.
 *     Where the browser's network comes or goes the stream is opened anew: a broken line would be noticed after a silence only.
 * I2. After every gap (a new connection) everything on the page is asked for anew, whatever was missed.
 * I3. A tab hidden for five minutes closes the stream and opens it when it is looked at again.
 */
import type { QueryClient } from '@tanstack/svelte-query';
import { api } from '#lib/data/api.ts';
import { createRefresher } from './refresher.ts';
import { touchedBy } from './touched.ts';

export type LiveState = 'connecting' | 'open' | 'lost' | 'paused';

const HIDDEN_MS = 5 * 60_000;

class LiveFeed {
  state = $state<LiveState>('connecting');
  /** Since when what is shown may be old; null while live. */
  lostAt = $state<number | null>(null);
  #stop: AbortController | undefined;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  #lastSeq: string | undefined;

  /** Follows until the returned function is called. */
  start(client: QueryClient): () => void {
    const refresher = createRefresher({
      refresh: (prefix) => client.invalidateQueries({ queryKey: prefix }),
      now: () => performance.now(),
      setTimeout: (run, delayMs) => setTimeout(run, delayMs),
    });
    const connect = () => void this.#follow(client, refresher.mark);
    const onVisibility = () => {
      clearTimeout(this.#hiddenTimer);
      if (document.hidden) {
        this.#hiddenTimer = setTimeout(() => {
          this.#stop?.abort();
          this.#lose('paused');
        }, HIDDEN_MS);
      } else if (this.state === 'paused') connect();
    };
    const onNetwork = () => {
      if (this.state === 'paused') return;
      this.#lose('lost');
      connect();
    };
    document.addEventListener('visibilitychange', onVisibility);
    addEventListener('offline', onNetwork);
    addEventListener('online', onNetwork);
    connect();
    return () => {
      removeEventListener('offline', onNetwork);
      removeEventListener('online', onNetwork);
      document.removeEventListener('visibilitychange', onVisibility);
      clearTimeout(this.#hiddenTimer);
      this.#stop?.abort();
    };
  }

  async #follow(client: QueryClient, mark: ReturnType<typeof createRefresher>['mark']): Promise<void> {
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    let opened = this.lostAt !== null;
    try {
      const events = api.stream({
        signal: stop.signal,
        lastEventId: this.#lastSeq,
        onStatus: (status) => {
          if (stop.signal.aborted || status !== 'waiting') return;
          this.#lose('lost');
        },
        onOpen: ({ seq }) => {
          this.state = 'open';
          this.lostAt = null;
          this.#lastSeq ??= String(seq);
          if (opened) void client.invalidateQueries();
          opened = true;
        },
      });
      for await (const event of events) {
        this.#lastSeq = String(event.seq);
        mark(touchedBy(event));
      }
    } catch {
      // The stream was refused for good (signed out, for one): the pages say so by their own requests.
      if (!stop.signal.aborted) this.#lose('lost');
    }
  }

  #lose(state: 'lost' | 'paused'): void {
    this.state = state;
    this.lostAt ??= Date.now();
  }
}

export const live = new LiveFeed();
