/** Facts made by hand, for tests of the model: a run that has gone well, and whatever a test changes of it. */
import type { InstanceView, TaskInstanceView } from '@vaquita/client';
import type { Execution, RunFacts, Witness } from '../model/facts.ts';
import type { TaskPlan, WorkflowPlan } from '../plan/plan.ts';

export const shell = (name: string, dependsOn: readonly string[] = [], more: Partial<TaskPlan> = {}): TaskPlan => ({
  name,
  dependsOn,
  work: { type: 'shell', workMs: 1, fails: 0, group: null },
  retries: 0,
  ...more,
});

export function workflowOf(tasks: readonly TaskPlan[], more: Partial<WorkflowPlan> = {}): WorkflowPlan {
  return { name: 'made', tasks, failureStrategy: 'continue', execution: 'parallel', counts: false, ...more };
}

/** The newest attempt of a task unless it says otherwise; its id is its name and attempt. */
export function row(name: string, more: Partial<TaskInstanceView> = {}): TaskInstanceView {
  const attempt = more.attempt ?? 1;
  const times = {
    submittedAt: iso(0),
    dispatchedAt: iso(0),
    startedAt: iso(0),
    endedAt: iso(1_000),
    updatedAt: iso(1_000),
  };
  const made = { id: `${name}-${attempt}`, name, attempt, state: 'success', current: true, retryTimes: 0, outputs: {} };
  return { ...made, reason: null, logic: null, worker: 'ada', taskGroup: null, ...times, ...more } as TaskInstanceView;
}

export function runOf(
  plan: WorkflowPlan,
  tasks: readonly TaskInstanceView[],
  more: Partial<Omit<RunFacts, 'view'>> & { readonly view?: Partial<InstanceView> } = {},
): RunFacts {
  const view = {
    id: 'r1',
    workflowName: plan.name,
    number: 1,
    state: 'success',
    quarantine: null,
    parent: null,
    runCounter: 1,
  };
  return { children: [], done: [], ...more, plan, tasks, view: { ...view, ...more.view } as InstanceView };
}

/** Of each task instance one execution, a second long, with this exit. */
export function told(exits: Readonly<Record<string, string>>): Witness {
  return new Map(Object.entries(exits).map(([id, exit]) => [id, [execution(id, 0, 1_000, exit)]]));
}

export function execution(id: string, from: number, to: number | null, exit = '0'): Execution {
  const end = to === null ? null : { at: EPOCH + to, exit };
  return { taskInstanceId: id, dispatchId: `d-${id}`, agent: 'ada', begunAt: EPOCH + from, end };
}

export const EPOCH = Date.UTC(2026, 0, 1);
const iso = (ms: number) => new Date(EPOCH + ms).toISOString();
