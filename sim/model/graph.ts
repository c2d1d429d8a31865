/** What the rules of the graph make of a run: which tasks it does, and how each of them stands, from rows alone. */
import type { TaskInstanceRow } from '@vaquita/core';
import type { TaskSpec, WorkflowSpec } from '../scenario/scenario.ts';
import type { RunFacts } from './facts.ts';

export type Standing = 'none' | 'active' | 'passed' | 'skipped' | 'failed' | 'killed' | 'paused';

export interface GraphView {
  /** Tasks this run does. */
  readonly tasks: ReadonlyMap<string, TaskSpec>;
  standing(name: string): Standing;
  /** Whether the rules let it start: everything before it is settled and lets it through. */
  mayStart(name: string): boolean;
  /** Failed or killed, and no conditions task takes care of it. */
  isBroken(name: string): boolean;
}

const ENDED_BADLY: ReadonlySet<Standing> = new Set<Standing>(['failed', 'killed']);

export function viewGraph(workflow: WorkflowSpec, run: RunFacts): GraphView {
  const tasks = inScope(workflow, run);
  const before = new Map(
    [...tasks.values()].map((task) => [task.name, task.dependsOn.filter((name) => tasks.has(name))]),
  );
  const after = new Map<string, TaskSpec[]>();
  for (const [name, names] of before) {
    for (const other of names) after.set(other, [...(after.get(other) ?? []), tasks.get(name)!]);
  }
  const known = new Map<string, Standing>();

  /** How the edge stands that leads from one task to another. */
  function edge(from: string, to: TaskSpec): 'open' | 'chosen' | 'unchosen' | 'blocked' {
    const stands = standing(from);
    if (stands === 'skipped') return 'unchosen';
    if (stands === 'passed') return isChosen(tasks.get(from)!, run.current.get(from), to.name) ? 'chosen' : 'unchosen';
    if (ENDED_BADLY.has(stands)) return to.kind.type === 'conditions' && to.enabled ? 'chosen' : 'blocked';
    return 'open';
  }

  function gate(task: TaskSpec): 'closed' | 'open' | 'skip' {
    const edges = before.get(task.name)!.map((name) => edge(name, task));
    if (edges.some((state) => state === 'open' || state === 'blocked')) return 'closed';
    return edges.length > 0 && edges.every((state) => state === 'unchosen') ? 'skip' : 'open';
  }

  function standing(name: string): Standing {
    const found = known.get(name);
    if (found) return found;
    const task = tasks.get(name);
    if (!task) return 'none';
    const row = run.current.get(name);
    const stands = row ? standingOfRow(row) : standingWithout(task, gate(task));
    known.set(name, stands);
    return stands;
  }

  return {
    tasks,
    standing,
    mayStart: (name) => tasks.has(name) && gate(tasks.get(name)!) === 'open',
    isBroken(name) {
      if (!ENDED_BADLY.has(standing(name))) return false;
      const followers = after.get(name) ?? [];
      return followers.length === 0 || followers.some((task) => task.kind.type !== 'conditions' || !task.enabled);
    },
  };
}

function standingWithout(task: TaskSpec, gate: 'closed' | 'open' | 'skip'): Standing {
  if (gate === 'skip') return 'skipped';
  return gate === 'open' && !task.enabled ? 'passed' : 'none';
}

function standingOfRow(row: TaskInstanceRow): Standing {
  switch (row.state) {
    case 'success':
    case 'forced_success':
      return 'passed';
    case 'failure':
      return 'failed';
    case 'killed':
      return 'killed';
    case 'paused':
      return 'paused';
    default:
      return 'active';
  }
}

/** A branch task chooses among the successors that it names; others follow whatever it chose. */
function isChosen(from: TaskSpec, row: TaskInstanceRow | undefined, to: string): boolean {
  const { kind } = from;
  if (kind.type !== 'switch' && kind.type !== 'conditions') return true;
  const named = kind.type === 'switch' ? [...kind.then, ...kind.otherwise] : [...kind.then, ...kind.else];
  if (!named.includes(to) || row?.logic?.kind !== 'branch') return true;
  return row.logic.chosen.includes(to);
}

function inScope(workflow: WorkflowSpec, { row }: RunFacts): Map<string, TaskSpec> {
  const all = new Map(workflow.tasks.map((task) => [task.name, task]));
  if (row.scope === 'all' || row.startTasks.length === 0) return all;
  const chosen = new Set(row.startTasks);
  const grow = (reaches: (task: TaskSpec, chosen: ReadonlySet<string>) => readonly string[]) => {
    for (let size = -1; size !== chosen.size; ) {
      size = chosen.size;
      for (const task of all.values()) for (const name of reaches(task, chosen)) chosen.add(name);
    }
  };
  if (row.scope === 'downstream')
    grow((task, has) => (task.dependsOn.some((name) => has.has(name)) ? [task.name] : []));
  if (row.scope === 'upstream') grow((task, has) => (has.has(task.name) ? task.dependsOn : []));
  return new Map([...all].filter(([name]) => chosen.has(name)));
}
