/** Whether the end of a run is one that its plan allows. Knows nothing of the engine: it reads rows and what tasks told. */
import type { TaskInstanceView } from '@vaquita/client';
import { NEVER_WELL, type ShellWork, type TaskPlan } from '../plan/plan.ts';
import type { RunFacts, Witness } from './facts.ts';
import { type GraphView, viewGraph } from './graph.ts';

/** What is wrong with the run, in sentences; none when its end is allowed. */
export function judgeRun(run: RunFacts, witness: Witness): readonly string[] {
  const graph = viewGraph(run);
  const wrong = [
    ...judgeEnd(run, graph),
    ...run.plan.tasks.flatMap((task) => judgeTask(task, run, { graph, witness })),
    ...judgeChildren(run),
    ...judgeCount(run),
  ];
  const { workflowName, number, id, state } = run.view;
  return wrong.map((what) => `run ${workflowName}#${number} (${id}, ${state}): ${what}`);
}

function judgeEnd({ view, plan, done }: RunFacts, graph: GraphView): readonly string[] {
  if (view.quarantine) return [`it was set aside: ${view.quarantine.text}`];
  const names = plan.tasks.map(({ name }) => name);
  const breaking = names.find(graph.breaksRun);
  const waiting = names.find((name) => graph.standing(name) === 'none' && graph.mayStart(name));
  switch (view.state) {
    case 'success': {
      const open = names.find((name) => ['none', 'active'].includes(graph.standing(name)));
      if (open) return [`${open} has not ended`];
      return breaking ? [`${breaking} has failed and nothing takes care of that`] : [];
    }
    case 'failure':
      if (!breaking) return ['no task of it has failed'];
      return waiting && plan.failureStrategy === 'continue' && !done.includes('stop')
        ? [`${waiting} was never started`]
        : [];
    case 'stopped':
      return done.findLast((action) => action !== 'pause') === 'stop'
        ? []
        : ['nobody has stopped it, or it was to go on'];
    default:
      return [`it has not ended: ${view.reason?.text ?? 'it does not say why'}`];
  }
}

interface Around {
  readonly graph: GraphView;
  readonly witness: Witness;
}

function judgeTask(task: TaskPlan, run: RunFacts, { graph, witness }: Around): readonly string[] {
  const rows = run.tasks.filter(({ name }) => name === task.name);
  const current = rows.filter((row) => row.current);
  if (rows.length === 0) return [];
  // Of a run that was done again only what it has come to has a newest attempt; whether it had to come to more is
  // for the end of the run to say.
  if (current.length === 0 && run.done.includes('rerun')) return [];
  if (current.length !== 1) return [`${task.name} has ${current.length} newest attempts`];
  const wrong: string[] = [];
  if (!graph.mayStart(task.name)) wrong.push(`${task.name} was started, and what is before it does not let it`);
  for (const row of rows) {
    const why = whyWrong(task, row, { run, witness });
    if (why) wrong.push(`${task.name} #${row.attempt} (${row.id}, ${row.state}): ${why}`);
  }
  return wrong;
}

interface Grounds {
  readonly run: RunFacts;
  readonly witness: Witness;
}

function whyWrong({ work, retries }: TaskPlan, row: TaskInstanceView, { run, witness }: Grounds): string | undefined {
  const exits = (witness.get(row.id) ?? []).flatMap(({ end }) => end?.exit ?? []);
  switch (row.state) {
    case 'success':
      return work.type === 'shell' ? whyNoSuccess(work, exits) : undefined;
    case 'failure':
      if (row.reason?.code === 'worker_lost') return undefined;
      if (work.type !== 'shell') return failureOfLogic(row, run);
      if (work.fails === 0) return 'it has failed, and it cannot';
      if (!exits.includes('1')) return 'it has not told that it failed';
      return row.current && row.retryTimes < retries && !run.done.includes('stop')
        ? `it was tried again ${row.retryTimes} times, and ${retries} are planned`
        : undefined;
    case 'killed':
      return mayBeKilled(row, run) ? undefined : 'nobody has asked for that';
    case 'need_fault_tolerance':
      return row.current ? 'it was lost, and nothing came after it' : undefined;
    default:
      return row.current
        ? `it has not ended: ${row.reason?.text ?? 'it does not say why'}`
        : 'it is no newest attempt, and has not ended';
  }
}

function whyNoSuccess({ fails }: ShellWork, exits: readonly string[]): string | undefined {
  if (fails === NEVER_WELL) return 'it has succeeded, and it cannot';
  return exits.includes('0') ? undefined : 'it has not told that it came to its end: it never ran';
}

function failureOfLogic(row: TaskInstanceView, run: RunFacts): string | undefined {
  const badly = run.children.some(({ view }) => view.parent?.taskName === row.name && view.state !== 'success');
  return badly ? undefined : `it has failed (${row.reason?.text ?? 'no reason'}), and no run that it started has`;
}

function mayBeKilled(row: TaskInstanceView, { done, plan, tasks }: RunFacts): boolean {
  if (done.includes('stop')) return true;
  const others = tasks.some(({ id, state }) => id !== row.id && (state === 'failure' || state === 'killed'));
  return plan.failureStrategy === 'end' && others;
}

/** A task that starts other runs has as many as it is planned to, each once. */
function judgeChildren({ plan, tasks, children, done }: RunFacts): readonly string[] {
  const wrong: string[] = [];
  for (const { name, work } of plan.tasks) {
    if (work.type !== 'sub_workflow' && work.type !== 'dynamic') continue;
    const row = tasks.find((one) => one.name === name && one.current);
    if (row?.state !== 'success') continue;
    const planned = work.type === 'dynamic' ? work.items.length : 1;
    const own = children.filter(({ view }) => view.parent?.taskName === name);
    const well = new Set(own.filter(({ view }) => view.state === 'success').map(({ view }) => view.parent!.index));
    if (well.size !== planned) wrong.push(`${name} has succeeded with ${well.size} of its ${planned} runs`);
    if (own.length > planned && done.every((action) => action === 'pause' || action === 'resume'))
      wrong.push(`${name} has started ${own.length} runs, and ${planned} are planned`);
  }
  return wrong;
}

/** Outputs have come through from the first task to the last. */
function judgeCount({ plan, tasks, view }: RunFacts): readonly string[] {
  if (!plan.counts || view.state !== 'success') return [];
  const last = tasks.find(({ name, current }) => current && name === plan.tasks.at(-1)!.name);
  const { value } = last?.outputs ?? {};
  return value === String(plan.tasks.length) ? [] : [`its tasks have counted to ${value}, not ${plan.tasks.length}`];
}
