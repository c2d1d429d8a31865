/**
 * One attempt's log, followed into a buffer.
 * I1. Bytes are appended once and in order: the stream resumes by itself where it broke.
 * I2. `version` changes after every append, so that views read the buffer anew; the buffer itself is not reactive.
 */

import type { ApiError } from '@vaquita/client';
import { api, asApiError } from '#lib/data/api.ts';
import { LogBuffer } from './log-buffer.ts';

/** Above this only the end is fetched, until the whole is asked for. */
const TAIL_BYTES = 4 * 1024 * 1024;

export class LogFeed {
  readonly buffer = new LogBuffer();
  version = $state(0);
  /** State the attempt ended in; null while more may come. */
  endedAs = $state<string | null>(null);
  error = $state.raw<ApiError | null>(null);
  loading = $state(true);
  /** The beginning was left out. */
  cut = $state(false);
  readonly #stop = new AbortController();

  constructor(taskInstanceId: string, wholeBytes: number, fromStart: boolean) {
    const tail = !fromStart && wholeBytes > TAIL_BYTES;
    this.cut = tail;
    void this.#follow(taskInstanceId, tail ? -TAIL_BYTES : 0);
  }

  close(): void {
    this.#stop.abort();
  }

  async #follow(id: string, offset: number): Promise<void> {
    try {
      for await (const message of api.taskInstances.followLog(id, {
        offset: offset === 0 ? undefined : offset,
        signal: this.#stop.signal,
        onStatus: (status) => {
          if (status === 'open' && !this.#stop.signal.aborted) this.loading = false;
        },
      })) {
        if (this.#stop.signal.aborted) return;
        this.loading = false;
        if (message.type === 'text') {
          this.buffer.append(message.chunk.text);
          this.version++;
        } else this.endedAs = message.end.state;
      }
    } catch (thrown) {
      if (!this.#stop.signal.aborted) this.error = asApiError(thrown);
    } finally {
      if (!this.#stop.signal.aborted) this.loading = false;
    }
  }
}
