/** What the rules of the graph make of a run: how each task of the plan stands, from its newest attempt alone. */
import type { TaskInstanceView } from '@vaquita/client';
import type { TaskPlan } from '../plan/plan.ts';
import type { RunFacts } from './facts.ts';

export type Standing = 'none' | 'active' | 'passed' | 'skipped' | 'broken';

export interface GraphView {
  standing(name: string): Standing;
  /** Whether the rules let it start: everything before it is settled and lets it through. */
  mayStart(name: string): boolean;
  /** It has failed or was killed, and no conditions task takes care of it. */
  breaksRun(name: string): boolean;
}

export function viewGraph({ plan, tasks }: RunFacts): GraphView {
  const plans = new Map(plan.tasks.map((task) => [task.name, task]));
  const rows = new Map(tasks.filter(({ current }) => current).map((row) => [row.name, row]));
  const known = new Map<string, Standing>();

  function standing(name: string): Standing {
    const found = known.get(name);
    if (found) return found;
    const row = rows.get(name);
    const stands = row ? standingOf(row) : gate(name) === 'skip' ? 'skipped' : 'none';
    known.set(name, stands);
    return stands;
  }

  function edge(from: string, to: TaskPlan): 'open' | 'chosen' | 'unchosen' | 'blocked' {
    switch (standing(from)) {
      case 'skipped':
        return 'unchosen';
      case 'passed':
        return isChosen(plans.get(from)!, rows.get(from), to.name) ? 'chosen' : 'unchosen';
      case 'broken':
        return to.work.type === 'conditions' ? 'chosen' : 'blocked';
      default:
        return 'open';
    }
  }

  function gate(name: string): 'closed' | 'open' | 'skip' {
    const task = plans.get(name)!;
    const edges = task.dependsOn.map((before) => edge(before, task));
    if (edges.some((state) => state === 'open' || state === 'blocked')) return 'closed';
    return edges.length > 0 && edges.every((state) => state === 'unchosen') ? 'skip' : 'open';
  }

  return {
    standing,
    mayStart: (name) => gate(name) === 'open',
    breaksRun(name) {
      if (standing(name) !== 'broken') return false;
      const after = plan.tasks.filter(({ dependsOn }) => dependsOn.includes(name));
      return after.length === 0 || after.some(({ work }) => work.type !== 'conditions');
    },
  };
}

function standingOf({ state }: TaskInstanceView): Standing {
  switch (state) {
    case 'success':
    case 'forced_success':
      return 'passed';
    case 'failure':
    case 'killed':
      return 'broken';
    default:
      return 'active';
  }
}

/** A branch task chooses among the tasks that it names; others follow whatever it chose. */
function isChosen({ work }: TaskPlan, row: TaskInstanceView | undefined, to: string): boolean {
  if (work.type !== 'switch' && work.type !== 'conditions') return true;
  const named = work.type === 'switch' ? [...work.then, ...work.otherwise] : [...work.then, ...work.else];
  return !named.includes(to) || row?.logic?.kind !== 'branch' || row.logic.chosen.includes(to);
}
