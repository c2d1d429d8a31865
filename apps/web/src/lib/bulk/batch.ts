/**
 * One action asked of many runs, and what became of each. Pure.
 *
 * 1. What is asked is what was looked at: the ids that a dry run accepted, never a filter, which may match others a moment later.
 * 2. A part that may have been asked already is asked again under the same key, so that the server does nothing twice.
 */
import type { BulkAction, BulkAnswer, BulkItem, OperationView, WorkflowState } from '@vaquita/client';

/**
 * `waiting` has not been asked; `asking` may have been: no answer came. `asked` waits for the leader; `done` and `rejected`
 * are how it ended. `refused` and `missing` were turned down at once; `passed` was left out from the start.
 */
export const OUTCOMES = ['done', 'asked', 'waiting', 'asking', 'rejected', 'refused', 'missing', 'passed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface BatchItem {
  readonly id: string;
  readonly workflowName: string | null;
  readonly number: number | null;
  /** When it was looked at. */
  readonly state: WorkflowState | null;
  readonly outcome: Outcome;
  /** In the words of the server. */
  readonly reason: string | null;
  readonly operationId: string | null;
}

export interface Batch {
  readonly id: string;
  readonly action: BulkAction;
  /** Epoch ms. */
  readonly at: number;
  /** Those that are asked come first, in parts of PART. */
  readonly items: readonly BatchItem[];
}

/** Runs in one request: enough to be quick, few enough to see it go on. */
export const PART = 100;

/** @param looked the items of a dry run */
export function newBatch(id: string, action: BulkAction, at: number, looked: readonly BulkItem[]): Batch {
  const item = (one: BulkItem, outcome: Outcome): BatchItem => {
    const { id: run, workflowName, number, state, reason } = one;
    return { id: run, workflowName, number, state, outcome, reason, operationId: null };
  };
  const accepted = looked.filter(({ status }) => status === 'accepted');
  const others = looked.filter(({ status }) => status !== 'accepted');
  const items = [...accepted.map((one) => item(one, 'waiting')), ...others.map((one) => item(one, 'passed'))];
  return { id, action, at, items };
}

export interface Part {
  readonly key: string;
  readonly ids: readonly string[];
}

/** The first part that has not been answered; undefined when all have. The same part has the same key for ever (2). */
export function nextPart({ id, items }: Batch): Part | undefined {
  const open = items.findIndex(({ outcome }) => outcome === 'waiting' || outcome === 'asking');
  if (open === -1) return undefined;
  const number = Math.floor(open / PART);
  const part = items.slice(number * PART, (number + 1) * PART).filter(({ outcome }) => outcome !== 'passed');
  return { key: `bulk-${id}-${number}`, ids: part.map((item) => item.id) };
}

export function asked(batch: Batch, { ids }: Part): Batch {
  const meant = new Set(ids);
  return change(batch, (item) => (meant.has(item.id) ? { ...item, outcome: 'asking' } : item));
}

const OUTCOME_OF = { accepted: 'asked', refused: 'refused', not_found: 'missing' } as const;

/** Only one part is under way at a time: what its answer does not name is not there. */
export function answered(batch: Batch, { items }: BulkAnswer): Batch {
  const found = new Map(items.map((item) => [item.id, item]));
  return change(batch, (item) => {
    if (item.outcome !== 'asking') return item;
    const answer = found.get(item.id);
    if (answer === undefined) return { ...item, outcome: 'missing' };
    const { reason, operationId, state } = answer;
    return { ...item, outcome: OUTCOME_OF[answer.status], reason, operationId, state: state ?? item.state };
  });
}

/** Operations that the leader has not come to yet. */
export function pendingOperations({ items }: Batch): readonly string[] {
  return items.flatMap(({ outcome, operationId }) => (outcome === 'asked' && operationId !== null ? operationId : []));
}

export function ended(batch: Batch, operations: readonly OperationView[]): Batch {
  const found = new Map(operations.map((operation) => [operation.id, operation]));
  return change(batch, (item) => {
    const operation = item.operationId === null ? undefined : found.get(item.operationId);
    if (operation === undefined || operation.state === 'pending' || item.outcome !== 'asked') return item;
    return { ...item, outcome: operation.state, reason: operation.outcome };
  });
}

export function countsOf({ items }: Batch): Readonly<Record<Outcome, number>> {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome } of items) counts[outcome] += 1;
  return counts;
}

/** What was asked and not done. */
export function failedIds({ items }: Batch): readonly string[] {
  return items.flatMap(({ id, outcome }) => (outcome === 'rejected' || outcome === 'refused' ? id : []));
}

function change(batch: Batch, of: (item: BatchItem) => BatchItem): Batch {
  return { ...batch, items: batch.items.map(of) };
}
