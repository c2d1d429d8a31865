/** What the processes themselves show of order: told by the tasks, whatever the rows say. */
import type { TaskInstanceView } from '@vaquita/client';
import type { GroupPlan } from '../plan/plan.ts';
import { type Execution, type RunFacts, type Witness, withChildren } from './facts.ts';

/** Attempts whose worker was lost may go on beside their successors: they prove nothing. */
function completed(row: TaskInstanceView, witness: Witness): readonly Execution[] {
  if (row.state !== 'success' && row.state !== 'failure') return [];
  return (witness.get(row.id) ?? []).filter(({ end }) => end !== null);
}

/** No task has begun before what it waits for had ended. */
export function judgeSequence(run: RunFacts, witness: Witness): readonly string[] {
  const rows = new Map(run.tasks.filter(({ current }) => current).map((row) => [row.name, row]));
  const wrong: string[] = [];
  for (const { name, dependsOn } of run.plan.tasks) {
    const row = rows.get(name);
    const begun = row ? Math.min(...completed(row, witness).map(({ begunAt }) => begunAt)) : Number.POSITIVE_INFINITY;
    for (const before of dependsOn) {
      const other = rows.get(before);
      if (other?.state !== 'success') continue;
      const ended = Math.min(...completed(other, witness).map(({ end }) => end!.at));
      if (Number.isFinite(ended) && begun < ended)
        wrong.push(`run ${run.view.id}: ${name} began ${ended - begun} ms before ${before} had ended`);
    }
  }
  return wrong;
}

/** No more tasks of a group at once than it has slots. */
export function judgeGroups(
  runs: readonly RunFacts[],
  witness: Witness,
  groups: readonly GroupPlan[],
): readonly string[] {
  return groups.flatMap(({ name, size }) => {
    const rows = runs.flatMap(withChildren).flatMap(({ tasks }) => tasks.filter(({ taskGroup }) => taskGroup === name));
    const most = mostAtOnce(rows.flatMap((row) => completed(row, witness)));
    return most > size ? [`${most} tasks of the group ${name} ran at once, and it has ${size} slots`] : [];
  });
}

/** No two runs at once of a workflow that does one at a time. */
export function judgeTurns(runs: readonly RunFacts[], witness: Witness): readonly string[] {
  const spans = new Map<string, Execution[]>();
  for (const { plan, view, tasks } of runs) {
    if (plan.execution !== 'serial_wait') continue;
    const own = tasks.flatMap((row) => completed(row, witness));
    if (own.length === 0 || view.runCounter > 1 || view.state !== 'success') continue;
    const begunAt = Math.min(...own.map((one) => one.begunAt));
    const at = Math.max(...own.map(({ end }) => end!.at));
    spans.set(plan.name, [...(spans.get(plan.name) ?? []), { ...own[0]!, begunAt, end: { at, exit: '0' } }]);
  }
  return [...spans].flatMap(([name, own]) => {
    const most = mostAtOnce(own);
    return most > 1 ? [`${most} runs of ${name} were under way at once, and it does one at a time`] : [];
  });
}

function mostAtOnce(executions: readonly Execution[]): number {
  const moments = executions.flatMap(({ begunAt, end }) => [
    { at: begunAt, by: 1 },
    { at: end?.at ?? Number.POSITIVE_INFINITY, by: -1 },
  ]);
  // In the same millisecond one may have ended before the other began.
  moments.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of moments) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
