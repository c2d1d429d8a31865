/**
 * Who waits for the acknowledgement of which result, which is said when what it led to is durable (P5). Acknowledgements that become due together leave as one message.
 * The answer goes to the connection that reported last; a worker that reports again asks again.
 */
import type { DispatchId } from '@vaquita/core';
import type { ConnectedWorker } from '../dispatch/worker-pool.ts';

export interface ResultAcks {
  /** The worker has reported the result and keeps it until it is acknowledged. */
  reported(id: DispatchId, worker: ConnectedWorker): void;
  /** The worker still waits for it, over the connection by which it reported last. */
  isOwed(id: DispatchId, worker: ConnectedWorker): boolean;
  /** What the result led to is durable. */
  acknowledge(id: DispatchId): void;
  left(worker: ConnectedWorker): void;
}

export function createResultAcks(): ResultAcks {
  const waiting = new Map<DispatchId, ConnectedWorker>();
  const due = new Map<ConnectedWorker, DispatchId[]>();

  function flush(): void {
    for (const [worker, dispatchIds] of due) worker.send({ type: 'resultAck', dispatchIds });
    due.clear();
  }

  return {
    reported(id, worker) {
      waiting.set(id, worker);
    },
    isOwed: (id, worker) => waiting.get(id) === worker,
    acknowledge(id) {
      const worker = waiting.get(id);
      if (!worker) return;
      waiting.delete(id);
      if (due.size === 0) queueMicrotask(flush);
      const ids = due.get(worker);
      if (ids) ids.push(id);
      else due.set(worker, [id]);
    },
    left(worker) {
      for (const [id, holder] of waiting) if (holder === worker) waiting.delete(id);
    },
  };
}
