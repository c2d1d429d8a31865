/** Which successors a conditions task chooses, by how other tasks of the run ended. */
import type { ConditionsConfig, ConditionTree } from './configs.ts';

/** How a task ended. `failure` includes killed; `none`: it has not run, or was skipped. */
export type TaskOutcome = 'success' | 'failure' | 'none';

export interface ConditionsDecision {
  readonly holds: boolean;
  readonly chosen: readonly string[];
  readonly why: string;
}

/** Tasks in the reason. */
const MAX_SHOWN = 20;

export function decideConditions(
  config: ConditionsConfig,
  outcomeOf: (task: string) => TaskOutcome,
): ConditionsDecision {
  const seen = new Map<string, TaskOutcome>();
  const holds = isTrue(config.when, (task) => {
    const outcome = outcomeOf(task);
    seen.set(task, outcome);
    return outcome;
  });
  const all = [...seen].map(([task, outcome]) => `${task}: ${outcome === 'none' ? 'not run' : outcome}`);
  const facts = [...all.slice(0, MAX_SHOWN), ...(all.length > MAX_SHOWN ? ['…'] : [])].join(', ');
  const why = `The conditions ${holds ? 'hold' : 'do not hold'}${facts === '' ? '' : ` (${facts})`}.`;
  return { holds, chosen: holds ? config.then : config.else, why };
}

/** Every item is looked at, so that the reason names them all. */
function isTrue(tree: ConditionTree, outcomeOf: (task: string) => TaskOutcome): boolean {
  if ('task' in tree) return outcomeOf(tree.task) === tree.is;
  if ('all' in tree) return tree.all.map((item) => isTrue(item, outcomeOf)).every(Boolean);
  return tree.any.map((item) => isTrue(item, outcomeOf)).some(Boolean);
}
