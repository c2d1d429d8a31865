/**
 * Which workflows belong to a backfill with its dependents: those whose newest version has a `dependent` task on one that is in it, and
 * so on. Dependent tasks of workflows that others start as sub-workflows are tasks of other runs and do not count.
 */
import type { WorkflowDefinition } from '../definition/definition.ts';
import type { ProjectId, WorkflowId } from '../identity/ids.ts';
import type { DependencyCycle, DependentConfig } from '../logic/configs.ts';
import { dependencyItems } from '../logic/dependent.ts';
import type { BackfillMember } from './rows.ts';

export interface ClosureWorkflow {
  readonly projectId: ProjectId;
  readonly projectName: string;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly version: number;
  readonly online: boolean;
  readonly definition: WorkflowDefinition;
}

/** What one of its dependent tasks asks of a workflow that is in the backfill too. */
export interface MemberAsk {
  readonly workflowId: WorkflowId;
  readonly cycle: DependencyCycle;
  readonly range: string;
}

export interface PlannedMember extends BackfillMember {
  readonly projectName: string;
  readonly definition: WorkflowDefinition;
  readonly asks: readonly MemberAsk[];
  /** Workflows that its dependent tasks ask about and that are not in the backfill, as they are written there. */
  readonly asksOthers: readonly string[];
}

export interface LeftOut {
  readonly projectName: string;
  readonly workflowName: string;
  readonly reason: string;
}

export type Closure =
  | { readonly members: readonly PlannedMember[]; readonly leftOut: readonly LeftOut[] }
  /** Names of workflows that wait for each other in a ring. */
  | { readonly ring: readonly string[] };

/**
 * @param others every workflow with a dependent task that may belong to it; none: the workflow alone
 * @param whyNot why a dependent cannot be started like this; null when it can
 * @returns members by level, the workflow itself first; within a level by project and name.
 */
export function closureOf(
  root: ClosureWorkflow,
  others: readonly ClosureWorkflow[],
  whyNot: (workflow: ClosureWorkflow) => string | null,
): Closure {
  const candidates = others.filter(({ workflowId }) => workflowId !== root.workflowId);
  const known = [root, ...candidates];
  const asksOf = new Map(known.map((workflow) => [workflow.workflowId, readAsks(workflow, known)]));
  const chosen = new Map<WorkflowId, ClosureWorkflow>([[root.workflowId, root]]);
  const leftOut = new Map<WorkflowId, LeftOut>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const candidate of candidates) {
      const { workflowId } = candidate;
      if (chosen.has(workflowId) || leftOut.has(workflowId)) continue;
      if (!asksOf.get(workflowId)!.some(({ target }) => target !== null && chosen.has(target))) continue;
      const reason = whyNot(candidate);
      if (reason === null) chosen.set(workflowId, candidate);
      else leftOut.set(workflowId, { ...namesOf(candidate), reason });
      grown = true;
    }
  }

  const upstream = new Map<WorkflowId, readonly WorkflowId[]>();
  for (const id of chosen.keys()) {
    const targets = asksOf.get(id)!.flatMap(({ target }) => (target !== null && chosen.has(target) ? [target] : []));
    upstream.set(id, [...new Set(targets)]);
  }
  const levels = levelsOf(upstream);
  if ('ring' in levels) return { ring: levels.ring.map((id) => chosen.get(id)!.workflowName) };

  const members = [...chosen.values()].map((workflow): PlannedMember => {
    const { projectId, projectName, workflowId, workflowName, version, definition } = workflow;
    const asks = asksOf.get(workflowId)!;
    const inside = asks.flatMap(({ target, cycle, range }) =>
      target !== null && chosen.has(target) ? [{ workflowId: target, cycle, range }] : [],
    );
    const outside = asks.filter(({ target }) => target === null || !chosen.has(target)).map(({ written }) => written);
    return {
      ...{ projectId, projectName, workflowId, workflowName, version, definition },
      level: levels.of.get(workflowId)!,
      after: upstream.get(workflowId)!,
      asks: inside,
      asksOthers: [...new Set(outside)],
    };
  });
  const order = (a: PlannedMember, b: PlannedMember) =>
    a.level - b.level || compareText(a.projectName, b.projectName) || compareText(a.workflowName, b.workflowName);
  return { members: members.sort(order), leftOut: [...leftOut.values()] };
}

interface Ask extends Omit<MemberAsk, 'workflowId'> {
  /** Null: none of those that are known. */
  readonly target: WorkflowId | null;
  readonly written: string;
}

function readAsks(asker: ClosureWorkflow, known: readonly ClosureWorkflow[]): readonly Ask[] {
  return asker.definition.tasks
    .filter(({ type, enabled }) => type === 'dependent' && enabled)
    .flatMap(({ config }) => dependencyItems((config as unknown as DependentConfig).on))
    .map(({ project, workflow, cycle, range }) => {
      const target = known.find(
        (one) =>
          (one.workflowId === workflow || one.workflowName === workflow) &&
          (project === null
            ? one.projectId === asker.projectId
            : one.projectId === project || one.projectName === project),
      );
      const written = project === null ? workflow : `${project}/${workflow}`;
      return { target: target?.workflowId ?? null, written, cycle, range };
    });
}

/** One more than the highest that it asks about; asking about itself counts for nothing. */
function levelsOf(
  upstream: ReadonlyMap<WorkflowId, readonly WorkflowId[]>,
): { readonly of: ReadonlyMap<WorkflowId, number> } | { readonly ring: readonly WorkflowId[] } {
  const of = new Map<WorkflowId, number>();
  for (let settled = true; settled && of.size < upstream.size; ) {
    settled = false;
    for (const [id, targets] of upstream) {
      if (of.has(id)) continue;
      const others = targets.filter((target) => target !== id);
      if (!others.every((target) => of.has(target))) continue;
      of.set(id, Math.max(-1, ...others.map((target) => of.get(target)!)) + 1);
      settled = true;
    }
  }
  if (of.size === upstream.size) return { of };
  return { ring: [...upstream.keys()].filter((id) => !of.has(id)) };
}

const namesOf = ({ projectName, workflowName }: ClosureWorkflow) => ({ projectName, workflowName });

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
