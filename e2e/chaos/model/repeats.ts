/** Executions that nobody asked for: an attempt was lost, and another one did its work again. Each has a cause, or is a defect. */
import type { TaskInstanceView } from '@vaquita/client';
import { type RunFacts, type Trouble, timeOf, type Witness, withChildren } from './facts.ts';

export interface Repeat {
  readonly run: RunFacts;
  readonly row: TaskInstanceView;
  /** What went wrong with the worker; null: nothing did. */
  readonly cause: Trouble | null;
  /** How it came about, for people. */
  readonly why: string;
}

/** After the end of a trouble its worker may need so long to be back: the pause between two tries to connect, and a greeting. */
const RETURN_MS = 6_000;

export function findRepeats(
  runs: readonly RunFacts[],
  witness: Witness,
  troubles: readonly Trouble[],
): readonly Repeat[] {
  return runs
    .flatMap(withChildren)
    .flatMap((run) => run.tasks.flatMap((row) => repeatsOf(run, row, { witness, troubles })));
}

interface Evidence {
  readonly witness: Witness;
  readonly troubles: readonly Trouble[];
}

function repeatsOf(run: RunFacts, row: TaskInstanceView, { witness, troubles }: Evidence): readonly Repeat[] {
  const executions = witness.get(row.id) ?? [];
  if (executions.length === 0) return [];
  const repeats: Repeat[] = [];
  for (const [nth, again] of executions.slice(1).entries()) {
    const first = executions[nth]!;
    const cause = troubleOf(first.agent, { from: first.begunAt, to: again.begunAt }, troubles);
    if (first.dispatchId === again.dispatchId) {
      // An order that was carried out is not carried out again, unless its agent has died and does not know of it.
      const isForgotten = cause?.what === 'agent-kill';
      repeats.push({ run, row, cause: isForgotten ? cause : null, why: 'the same dispatch was run twice' });
    } else repeats.push({ run, row, cause, why: 'it was taken back from its agent, and sent anew' });
  }
  if (isLost(row) && hasSuccessor(run, row, witness)) {
    const from = timeOf(row.dispatchedAt ?? row.submittedAt);
    const cause = troubleOf(row.worker ?? '', { from, to: timeOf(row.endedAt ?? row.updatedAt) }, troubles);
    repeats.push({ run, row, cause, why: row.reason?.text ?? 'it was lost' });
  }
  return repeats;
}

function isLost({ state, reason }: TaskInstanceView): boolean {
  return state === 'need_fault_tolerance' || (state === 'failure' && reason?.code === 'worker_lost');
}

function hasSuccessor({ tasks }: RunFacts, { name, attempt }: TaskInstanceView, witness: Witness): boolean {
  return tasks.some((other) => other.name === name && other.attempt > attempt && witness.has(other.id));
}

/** What went wrong last with the worker, or with the machine, in the span or shortly before it. `troubles` are in order of time. */
function troubleOf(
  worker: string,
  span: { readonly from: number; readonly to: number },
  troubles: readonly Trouble[],
): Trouble | null {
  const found = troubles.findLast(
    ({ what, target, at, overAt }) =>
      (target === worker || what === 'stall') &&
      at <= span.to &&
      (overAt ?? Number.POSITIVE_INFINITY) + RETURN_MS >= span.from,
  );
  return found ?? null;
}
