/**
 * What becomes of a dispatch when its worker comes back: decided from what the worker says it has and what the rows say.
 * Pure, so that the table can be read and tested as one.
 */
import type { TaskInstanceRow } from '@vaquita/core';

export interface ReturningDispatch {
  /** The worker runs it, or holds its result. */
  readonly known: boolean;
  /** The rows say that this worker holds it; until then its commit is on its way and its effects will follow. */
  readonly durable: boolean;
  readonly row: Pick<TaskInstanceRow, 'state' | 'killRequestedAt'>;
}

/**
 * - `keep`: it goes on; an order to end it, if there is a durable one, is sent again.
 * - `wait`: the commit that is on its way sends it.
 * - `send`: it never arrived; sent again, with the same dispatch id.
 * - `return`: it never arrived and is not wanted any more.
 * - `lose`: it had started, and the worker no longer knows it.
 */
export type Return = 'keep' | 'wait' | 'send' | 'return' | 'lose';

export function decideReturn({ known, durable, row }: ReturningDispatch): Return {
  if (known) return 'keep';
  if (!durable) return 'wait';
  if (row.state === 'running') return 'lose';
  return row.killRequestedAt === null ? 'send' : 'return';
}
