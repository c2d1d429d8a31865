/**
 * Task output on its way from the socket to the log store. Chunks of one dispatch are appended one after the other;
 * the worker is told now and then up to where its output is kept, so that it can forget it.
 */
import type { Clock, DispatchId, TaskInstanceId, TimerHandle } from '@vaquita/core';
import {
  MAX_UNACKED_OUTPUT_BYTES,
  type MasterOutputAck,
  OUTPUT_ACK_INTERVAL_MS,
  type WorkerOutput,
} from '@vaquita/protocol';
import type { LogStore } from '@vaquita/store';
import type { Logger } from '../settings.ts';

/** Output kept since the last acknowledgement that makes the next one due at once. */
const ACK_BYTES = 65_536;

interface Stream {
  tail: Promise<void>;
  pending: number;
  pendingBytes: number;
  kept: number;
  acknowledged: number;
  timer: TimerHandle | undefined;
  send: (ack: MasterOutputAck) => void;
}

export interface OutputRouter {
  /** False: more is waiting to be written than a worker may have under way, and this is not taken (P8). */
  accept(taskInstanceId: TaskInstanceId, output: WorkerOutput, send: (ack: MasterOutputAck) => void): boolean;
  /**
   * Calls back when everything accepted so far for the dispatch is in the log, or has failed to get there: at once
   * when nothing is on its way.
   */
  whenDrained(dispatchId: DispatchId, then: () => void): void;
  /** Forgets the dispatch once its output is kept. */
  end(dispatchId: DispatchId): void;
  close(): Promise<void>;
}

export function createOutputRouter(logs: LogStore, clock: Clock, log: Logger): OutputRouter {
  const streams = new Map<DispatchId, Stream>();
  const encoder = new TextEncoder();

  function acknowledge(dispatchId: DispatchId, stream: Stream): void {
    if (stream.timer !== undefined) clock.clearTimeout(stream.timer);
    stream.timer = undefined;
    if (stream.kept <= stream.acknowledged) return;
    stream.acknowledged = stream.kept;
    stream.send({ type: 'outputAck', dispatchId, offset: stream.kept });
  }

  async function append(
    taskInstanceId: TaskInstanceId,
    output: WorkerOutput & { readonly bytes: Uint8Array },
    stream: Stream,
  ): Promise<void> {
    try {
      stream.kept = await logs.append(taskInstanceId, output.offset, output.bytes);
    } catch (error) {
      log.error(
        'Output of a task could not be written to its log; what follows stands after a line that says how much is missing.',
        {
          taskInstanceId,
          error: String(error),
        },
      );
      return;
    } finally {
      stream.pending -= 1;
      stream.pendingBytes -= output.bytes.length;
    }
    if (stream.kept - stream.acknowledged >= ACK_BYTES) acknowledge(output.dispatchId, stream);
    else stream.timer ??= clock.setTimeout(() => acknowledge(output.dispatchId, stream), OUTPUT_ACK_INTERVAL_MS);
  }

  return {
    accept(taskInstanceId, output, send) {
      let stream = streams.get(output.dispatchId);
      if (!stream) {
        const none = { pending: 0, pendingBytes: 0, kept: 0, acknowledged: 0 };
        stream = { tail: Promise.resolve(), ...none, timer: undefined, send };
        streams.set(output.dispatchId, stream);
      }
      const own = stream;
      const bytes = encoder.encode(output.text);
      if (own.pendingBytes + bytes.length > MAX_UNACKED_OUTPUT_BYTES) return false;
      own.send = send;
      own.pending += 1;
      own.pendingBytes += bytes.length;
      own.tail = own.tail.then(() => append(taskInstanceId, { ...output, bytes }, own));
      return true;
    },
    whenDrained(dispatchId, then) {
      const stream = streams.get(dispatchId);
      if (stream && stream.pending > 0) void stream.tail.then(then);
      else then();
    },
    end(dispatchId) {
      const stream = streams.get(dispatchId);
      if (!stream) return;
      void stream.tail.then(() => {
        acknowledge(dispatchId, stream);
        if (stream.pending === 0) streams.delete(dispatchId);
      });
    },
    async close() {
      const all = [...streams.values()];
      streams.clear();
      for (const stream of all) if (stream.timer !== undefined) clock.clearTimeout(stream.timer);
      await Promise.all(all.map((stream) => stream.tail));
    },
  };
}
