/** The plan of a backfill in lines for a person. */
import type { BackfillPlan } from '@vaquita/client';
import { table } from './format.ts';

/** More are only counted. */
const SHOWN = 10;

export function planLines(plan: BackfillPlan): readonly string[] {
  const { runs, skipped, times, first, last, estimate } = plan;
  const lines = [`${runs} runs for ${times} times from ${first ?? '-'} to ${last ?? '-'}; ${skipped} are skipped`];
  const rows = plan.members.map((member) => [
    ...[String(member.level), `${member.projectName}/${member.workflowName}`, `v${member.version}`],
    ...[String(member.runs), String(member.skipped), member.history?.duration ?? 'no history'],
  ]);
  lines.push(...table(['LEVEL', 'WORKFLOW', 'VERSION', 'RUNS', 'SKIPPED', 'USUAL DURATION'], rows));
  if (estimate.length !== null) {
    lines.push(`About ${estimate.length} from begin to end, ${estimate.slotTime ?? '-'} of worker slots.`);
  }
  if (estimate.withoutHistory.length > 0)
    lines.push(`Not counted, without a history: ${estimate.withoutHistory.join(', ')}.`);
  for (const { projectName, workflowName, reason } of plan.leftOut) {
    lines.push(`Left out: ${projectName}/${workflowName}. ${reason}`);
  }
  for (const { workflowName, businessTime, reason } of plan.skips.slice(0, SHOWN)) {
    lines.push(`Skipped: ${workflowName} of ${businessTime}. ${reason}`);
  }
  if (skipped > SHOWN) lines.push(`And ${skipped - SHOWN} more are skipped.`);
  for (const { backfillId, workflowName, times: count, first: at } of plan.conflicts) {
    lines.push(`In the way: backfill ${backfillId} has ${count} of these times of ${workflowName}, the first ${at}.`);
  }
  return [...lines, ...plan.notes];
}
