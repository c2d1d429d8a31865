/**
 * Results until the server has them (P4): on disk before they may be sent, there until `resultAck`, found again by the
 * next agent on this folder. With a result lies the output that the server had not acknowledged when the task ended; a
 * record is the frame in which all of it could be sent.
 */
import type { Clock, DispatchId } from '@vaquita/core';
import { decodeWorkerFrame, type WorkerOutput, type WorkerResult } from '@vaquita/protocol';
import type { AgentLog, Records } from './host.ts';
import type { OutputChunk } from './output-buffer.ts';

export interface ResultOutbox {
  /** Resolves when the result may be sent. While the disk refuses it, it is tried again. */
  put(result: WorkerResult, output?: readonly OutputChunk[]): Promise<void>;
  get(dispatchId: DispatchId): WorkerResult | undefined;
  /** The server has it. */
  acknowledged(dispatchId: DispatchId): void;
  list(): readonly WorkerResult[];
  readonly size: number;
  /** Resolves when every removal has reached the disk. */
  settled(): Promise<void>;
}

export interface ResultOutboxOptions {
  readonly records: Records;
  readonly clock: Pick<Clock, 'setTimeout'>;
  readonly log: AgentLog;
  /** The output that lies with a result of an earlier agent. */
  restoreOutput(dispatchId: DispatchId, output: readonly OutputChunk[]): void;
}

const RETRY_MS = 1_000;

export async function openResultOutbox(options: ResultOutboxOptions): Promise<ResultOutbox> {
  const { records, clock, log, restoreOutput } = options;
  const waiting = new Map<DispatchId, WorkerResult>();
  const removals = new Set<Promise<void>>();

  for (const [name, text] of await records.readAll()) {
    const record = parseRecord(text);
    if (record !== null && record.result.dispatchId === name) {
      const { dispatchId } = record.result;
      waiting.set(dispatchId, record.result);
      restoreOutput(dispatchId, record.output);
      continue;
    }
    log.error('A stored result cannot be read; it was put aside.', { name });
    await records.setAside(name);
  }

  async function write(dispatchId: DispatchId, text: string): Promise<void> {
    for (;;) {
      try {
        await records.put(dispatchId, text);
        return;
      } catch (error) {
        log.error('A result could not be written to disk; trying again.', { dispatchId, error });
        await new Promise<void>((resolve) => clock.setTimeout(resolve, RETRY_MS));
      }
    }
  }

  return {
    async put(result, output = []) {
      const { dispatchId } = result;
      const frame = [...output.map((chunk) => ({ type: 'output', dispatchId, ...chunk })), result];
      await write(dispatchId, JSON.stringify(frame.length === 1 ? result : frame));
      waiting.set(result.dispatchId, result);
    },
    get: (dispatchId) => waiting.get(dispatchId),
    acknowledged(dispatchId) {
      if (!waiting.delete(dispatchId)) return;
      // A removal that fails costs one more sending after a restart, which the server takes as late.
      const removal = records
        .remove(dispatchId)
        .catch((error: unknown) => log.warn('A delivered result could not be removed.', { dispatchId, error }))
        .finally(() => removals.delete(removal));
      removals.add(removal);
    },
    list: () => [...waiting.values()],
    get size() {
      return waiting.size;
    },
    async settled() {
      await Promise.all(removals);
    },
  };
}

interface OutboxRecord {
  readonly result: WorkerResult;
  readonly output: readonly WorkerOutput[];
}

function parseRecord(text: string): OutboxRecord | null {
  const { messages, bad } = decodeWorkerFrame(text, Number.POSITIVE_INFINITY);
  const result = messages.at(-1);
  const output = messages.slice(0, -1).filter((message) => message.type === 'output');
  if (bad.length > 0 || result?.type !== 'result' || output.length !== messages.length - 1) return null;
  return { result, output };
}
