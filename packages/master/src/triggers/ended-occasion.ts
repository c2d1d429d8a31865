/** What the end of a run is to a trigger that waits for it: the firing, and the run it starts if it can. */
import {
  derivedIds,
  type MappedParams,
  type NewRun,
  outputParams,
  outputsOfTasks,
  problemText,
  type TriggerConfig,
  type TriggerRow,
  triggeredRun,
  type WorkflowId,
  type WorkflowInstanceRow,
  whyChainEnds,
} from '@vaquita/core';
import type { EndedRun, OtherRunsStore, TriggerFire, TriggerQueue } from '@vaquita/store';
import { targetOf } from './start-target.ts';

export interface OccasionDeps {
  readonly queue: Pick<TriggerQueue, 'firingOf'>;
  readonly others: Pick<OtherRunsStore, 'resolveWorkflow' | 'instances' | 'currentTasks'>;
}

export type AfterTrigger = TriggerRow & { readonly config: Extract<TriggerConfig, { kind: 'after_workflow' }> };

/** Runs in runs are bounded long before. */
const MAX_ANCESTORS = 100;

/** The same end makes the same ids for the same trigger, whoever looks and however often. */
export async function fireFor(
  deps: OccasionDeps,
  trigger: AfterTrigger,
  { end, now }: { readonly end: EndedRun; readonly now: number },
): Promise<TriggerFire> {
  const { run } = end;
  const chain = await chainOf(deps, run);
  const key = `${run.id}.${end.seq}`;
  const made = await runOf(deps, trigger, { end, chain, key, now });
  const about = { run: run.id, workflow: run.workflowName, state: end.state };
  const firing = {
    ...{ triggerId: trigger.id, key, projectId: trigger.projectId, workflowId: trigger.workflowId, chain, at: now },
    about: run.number === null ? about : { ...about, number: String(run.number) },
  };
  const { id, revision } = trigger;
  if ('problem' in made) {
    return { trigger: { id, revision }, firing: { ...firing, ...refused(made.problem) }, run: null };
  }
  const started = { outcome: 'run', reason: null, workflowInstanceId: made.run.instance.id } as const;
  return { trigger: { id, revision }, firing: { ...firing, ...started }, run: made.run };
}

function refused(reason: string) {
  return { outcome: 'refused', reason, workflowInstanceId: null } as const;
}

interface Occasion {
  readonly end: EndedRun;
  readonly chain: readonly WorkflowId[];
  readonly key: string;
  readonly now: number;
}

async function runOf(
  deps: OccasionDeps,
  trigger: AfterTrigger,
  { end, chain, key, now }: Occasion,
): Promise<{ readonly run: NewRun } | { readonly problem: string }> {
  const closed = whyChainEnds(chain, trigger.workflowId);
  if (closed !== undefined) return { problem: closed };
  const target = await targetOf(deps.others, trigger);
  if ('problem' in target) return target;
  const { businessTime, timezone } = end.run;
  const made = triggeredRun(trigger, target, {
    occasion: { mapped: await mappedOf(deps, trigger, end.run), businessTime, timezone },
    ...{ ids: derivedIds(end.at, `${trigger.id} ${key}`), now },
  });
  return 'run' in made ? made : { problem: problemText(made.problems) };
}

async function mappedOf(
  { others }: OccasionDeps,
  { config }: AfterTrigger,
  run: WorkflowInstanceRow,
): Promise<MappedParams> {
  if (Object.keys(config.mapping).length === 0) return { params: {}, problems: [] };
  return outputParams(config.mapping, outputsOfTasks(await others.currentTasks(run.id, null)));
}

/** The workflows whose runs led to the end of this one, by triggers and by tasks that start runs; its own is the last. */
async function chainOf({ queue, others }: OccasionDeps, run: WorkflowInstanceRow): Promise<readonly WorkflowId[]> {
  let root = run;
  for (let up = 0; root.parentInstanceId !== null && up < MAX_ANCESTORS; up++) {
    const [parent] = await others.instances([root.parentInstanceId]);
    if (parent === undefined) break;
    root = parent;
  }
  const before = root.originKind === 'trigger' ? await queue.firingOf(root.id) : undefined;
  return [...(before?.chain ?? []), ...run.lineage, run.workflowId];
}
