/** From a request to the plan of a backfill: its members, its items, what is skipped, what is in the way, what it will cost. */
import {
  AppError,
  type BackfillId,
  type BackfillItemRow,
  type ClosureWorkflow,
  checkStart,
  closureOf,
  compileWorkflow,
  type Estimate,
  estimate,
  historyOf,
  type LeftOut,
  type PlannedItem,
  type PlannedMember,
  type Problem,
  planBackfill,
  type RunHistory,
  type StartChoices,
  type WorkflowId,
  type WorkflowInstanceId,
} from '@vaquita/core';
import type { BackfillHolder, ProjectRow, WorkflowRow } from '@vaquita/store';
import type * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { requireWorkflow } from '../resources/lookup.ts';
import { readStartChoices } from '../runs/start-choices.ts';
import type { BackfillRequest } from '../views/backfill.ts';
import { StartChoicesInput } from '../views/start-choices.ts';
import { type ReadTimes, readTimes } from './read-times.ts';

type Request = z.output<typeof BackfillRequest>;
type PlanDeps = Pick<ApiDeps, 'store' | 'workers' | 'clock' | 'settings'>;

export interface Conflict extends BackfillHolder {
  readonly workflowName: string;
}

export interface PlannedBackfill {
  readonly project: ProjectRow;
  readonly workflow: WorkflowRow;
  readonly read: ReadTimes;
  readonly start: StartChoices;
  readonly members: readonly PlannedMember[];
  readonly items: readonly PlannedItem[];
  readonly leftOut: readonly LeftOut[];
  readonly histories: ReadonlyMap<WorkflowId, RunHistory | null>;
  readonly conflicts: readonly Conflict[];
  readonly estimate: Estimate;
  readonly notes: readonly string[];
}

/** Runs of the past that are looked at. */
const PAST_RUNS = 50;
const PAGE = 200;

/** @throws AppError `not_found`, `conflict`: the workflow is offline, `bad_request` with every wrong place. */
export async function planRequest(deps: PlanDeps, request: Request): Promise<PlannedBackfill> {
  const { store } = deps;
  const { project, workflow } = await requireWorkflow(store, request);
  if (!workflow.online) {
    const message = `The workflow “${workflow.name}” is offline. Put it online first: only online workflows run.`;
    throw new AppError('conflict', message);
  }
  const given = { start: request.start ?? StartChoicesInput.parse({}), priority: 'lowest' as const };
  const { choices, problems, warnings } = await readStartChoices(deps, workflow, given);
  const version = await store.workflows.version(workflow.id, choices.version ?? workflow.version);
  refuseIf(version === undefined ? problems : []);
  const definition = compileWorkflow(version!.document);
  const read = await readTimes(request.times, { deps, workflow, definition });
  const wrongTimes = 'problems' in read ? read.problems.map((problem) => within('times', problem)) : [];
  refuseIf([...problems, ...wrongTimes]);
  const { times, timezone, notes } = read as ReadTimes;
  if (times.length === 0) refuseIf([{ path: 'times', message: 'There is nothing to run: no time is left of it' }]);

  const root: ClosureWorkflow = {
    ...{ projectId: project.id, projectName: project.name, workflowId: workflow.id, workflowName: workflow.name },
    ...{ version: version!.version, online: true, definition },
  };
  const closure = closureOf(root, request.dependents ? await dependentsOf(deps) : [], whyNot);
  if ('ring' in closure) {
    const message = `${closure.ring.join(', ')} wait for each other; run them without dependents, one after the other`;
    refuseIf([{ path: 'dependents', message }]);
    throw new AppError('internal', message);
  }
  const { members, leftOut } = closure;
  refuseMany(times.length, members.length, deps.settings.maxBackfillItems);

  const ran = await runsOf(deps, members, times);
  const succeeded = request.rerunSucceeded ? new Map() : ran;
  const items = planBackfill({ members, times, timezone, order: request.order, succeeded });
  const histories = await historiesOf(deps, members);
  const costs = members.map(({ workflowId, level }) => ({
    ...{ workflowId, level, history: histories.get(workflowId) ?? null },
    runs: items.filter((item) => item.workflowId === workflowId && item.state === 'waiting').length,
  }));
  const parallelism = Math.min(request.parallelism, deps.settings.maxBackfillRuns);
  return {
    ...{ project, workflow, read: read as ReadTimes, start: choices, members, items, leftOut, histories },
    conflicts: await conflictsOf(deps, members, items),
    estimate: estimate({ members: costs, parallelism }),
    notes: [...notes, ...warnings, ...notesAbout(members), ...parallelismNote(request, deps)],
  };
}

/** The rows of the items, as they are filed. */
export function itemRows(id: BackfillId, items: readonly PlannedItem[], at: number): readonly BackfillItemRow[] {
  return items.map(({ succeededIn, ...item }) => ({
    ...{ ...item, backfillId: id, workflowInstanceId: succeededIn, tries: 0, startedAt: null },
    endedAt: item.state === 'skipped' ? at : null,
  }));
}

/** Of dependents, which are started with what their definition says. */
function whyNot({ online, definition }: ClosureWorkflow): string | null {
  if (!online) return 'It is offline.';
  const { paramProblems } = checkStart(definition, { params: {}, startTasks: [], scope: 'all' });
  return paramProblems[0]?.message ?? null;
}

async function dependentsOf({ store }: PlanDeps): Promise<readonly ClosureWorkflow[]> {
  const all: ClosureWorkflow[] = [];
  for (let after: string | null = null; ; ) {
    const page = await store.backfillSources.dependents({ after, limit: PAGE });
    all.push(...page.items.map(({ document, ...row }) => ({ ...row, definition: compileWorkflow(document) })));
    if (page.next === null) return all;
    after = page.next;
  }
}

/** Runs that have succeeded, the newest of each time. */
async function runsOf({ store }: PlanDeps, members: readonly PlannedMember[], times: readonly number[]) {
  const found = await Promise.all(
    members.map(async ({ workflowId }) => {
      const runs = await store.backfillSources.runsAt(workflowId, times);
      const good = runs.filter(({ state }) => state === 'success');
      return [workflowId, new Map(good.map(({ businessTime, id }) => [businessTime, id]))] as const;
    }),
  );
  return new Map<WorkflowId, ReadonlyMap<number, WorkflowInstanceId>>(found);
}

async function historiesOf({ store }: PlanDeps, members: readonly PlannedMember[]) {
  const found = await Promise.all(
    members.map(async ({ workflowId }) => {
      return [workflowId, historyOf(await store.backfillSources.history(workflowId, PAST_RUNS))] as const;
    }),
  );
  return new Map(found);
}

async function conflictsOf(
  { store }: PlanDeps,
  members: readonly PlannedMember[],
  items: readonly PlannedItem[],
): Promise<readonly Conflict[]> {
  const found = await Promise.all(
    members.map(async ({ workflowId, workflowName, version }) => {
      const own = items.filter((item) => item.workflowId === workflowId && item.state === 'waiting');
      const times = own.map(({ businessTime }) => businessTime);
      const holders = await store.backfillSources.holders(workflowId, version, times);
      return holders.map((holder) => ({ ...holder, workflowName }));
    }),
  );
  return found.flat();
}

function notesAbout(members: readonly PlannedMember[]): readonly string[] {
  return members.flatMap(({ workflowName, asksOthers }) => {
    if (asksOthers.length === 0) return [];
    const whom = asksOthers.join(', ');
    return [`${workflowName} also waits for runs of ${whom}, which are not made by this backfill.`];
  });
}

function parallelismNote({ parallelism }: Request, { settings }: PlanDeps): readonly string[] {
  if (parallelism <= settings.maxBackfillRuns) return [];
  return [`No more than ${settings.maxBackfillRuns} runs of all backfills are under way at once on this server.`];
}

function refuseMany(times: number, members: number, limit: number): void {
  if (times * members <= limit) return;
  const whose = members === 1 ? '' : ` (${times} times of ${members} workflows)`;
  const message = `These would be ${times * members} runs${whose}; at most ${limit} are possible in one backfill`;
  refuseIf([{ path: 'times', message }]);
}

function refuseIf(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new AppError('bad_request', 'The backfill cannot be made like this.', { problems });
}

function within(parent: string, { path, message }: Problem): Problem {
  return { path: path === '' ? parent : `${parent}.${path}`, message };
}
