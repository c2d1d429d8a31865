/** Pure groupings of a newest-first list of runs. */
import { familyOf, hasEnded } from '../state/families.ts';

interface RunLike {
  readonly workflowId: string;
  readonly state: string;
}

/** The newest runs of each workflow, newest first. */
export function byWorkflow<Run extends RunLike>(
  runs: readonly Run[],
  limit: number,
): ReadonlyMap<string, readonly Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const group = groups.get(run.workflowId);
    if (group === undefined) groups.set(run.workflowId, [run]);
    else if (group.length < limit) group.push(run);
  }
  return groups;
}

/** Workflows whose latest finished run failed: that run, and how many failed in a row. */
export function failingWorkflows<Run extends RunLike>(
  runs: readonly Run[],
): readonly { readonly run: Run; readonly inARow: number }[] {
  const failing: { run: Run; inARow: number }[] = [];
  for (const group of byWorkflow(runs, Number.POSITIVE_INFINITY).values()) {
    const ended = group.filter((run) => hasEnded(run.state));
    const good = ended.findIndex((run) => familyOf(run.state) !== 'failed');
    const inARow = good === -1 ? ended.length : good;
    if (inARow > 0) failing.push({ run: ended[0]!, inARow });
  }
  return failing;
}
