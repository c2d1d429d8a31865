/**
 * Results until the server has them (P4): on disk before they may be sent, there until `resultAck`, found again by the
 * next agent on this folder.
 */
import type { DispatchId } from '@vaquita/core';
import { decodeWorkerFrame, type WorkerResult } from '@vaquita/protocol';
import type { AgentLog, Records } from './host.ts';

export interface ResultOutbox {
  /** Resolves when the result may be sent. Rejects when it could not be written. */
  put(result: WorkerResult): Promise<void>;
  get(dispatchId: DispatchId): WorkerResult | undefined;
  /** The server has it. */
  acknowledged(dispatchId: DispatchId): void;
  list(): readonly WorkerResult[];
  readonly size: number;
  /** Resolves when every removal has reached the disk. */
  settled(): Promise<void>;
}

export async function openResultOutbox(records: Records, log: AgentLog): Promise<ResultOutbox> {
  const waiting = new Map<DispatchId, WorkerResult>();
  const removals = new Set<Promise<void>>();

  for (const [name, text] of await records.readAll()) {
    const result = parseResult(text);
    if (result !== null && result.dispatchId === name) {
      waiting.set(result.dispatchId, result);
      continue;
    }
    log.error('A stored result cannot be read; it was put aside.', { name });
    await records.setAside(name);
  }

  return {
    async put(result) {
      await records.put(result.dispatchId, JSON.stringify(result));
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

function parseResult(text: string): WorkerResult | null {
  const [message] = decodeWorkerFrame(text).messages;
  return message?.type === 'result' ? message : null;
}
