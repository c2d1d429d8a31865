/** /janitor and /cluster/reconciler: for administrators. */
import type { JanitorAsked, JanitorPreview, JanitorView, ReconcilerView } from '@vaquita/api/views';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface JanitorClient {
  get(options?: CallOptions): Promise<JanitorView>;
  /** What it would remove now. */
  preview(options?: CallOptions): Promise<JanitorPreview>;
  /** Has it look at once: it is done when so many passes are over. */
  run(options?: PostOptions): Promise<JanitorAsked>;
}

export function createJanitorClient(transport: Transport): JanitorClient {
  return {
    get: (options) => transport.call('GET', pathOf('janitor'), options),
    preview: (options) => transport.call('GET', pathOf('janitor', 'preview'), options),
    run: (options) => transport.call('POST', pathOf('janitor', 'run'), options),
  };
}

export function readReconciler(transport: Transport, options?: CallOptions): Promise<ReconcilerView> {
  return transport.call('GET', pathOf('cluster', 'reconciler'), options);
}
