/** Makes a logic task of a task that has its place in the graph. */
import type { Chance } from './chance.ts';
import type { TaskKind, TaskSpec, WorkflowSpec } from './scenario.ts';

export interface LogicSources {
  readonly tasks: readonly TaskSpec[];
  readonly kinds: readonly TaskKind['type'][];
  /** Workflows that it may start: none that could start this one again. */
  readonly others: readonly WorkflowSpec[];
}

export function drawLogicTask(chance: Chance, task: TaskSpec, sources: LogicSources): TaskSpec {
  const after = sources.tasks.filter(({ dependsOn }) => dependsOn.includes(task.name)).map(({ name }) => name);
  const kind = drawKind(chance, { task, after, others: sources.others, type: chance.oneOf(sources.kinds) });
  if (kind === undefined) return task;
  // A logic task that can wait for ever must not be all that holds a run: some are given a timeout already.
  return { ...task, kind, taskGroup: null };
}

interface Place {
  readonly task: TaskSpec;
  readonly after: readonly string[];
  readonly others: readonly WorkflowSpec[];
  readonly type: TaskKind['type'];
}

function drawKind(chance: Chance, { task, after, others, type }: Place): TaskKind | undefined {
  switch (type) {
    case 'work':
      return undefined;
    case 'switch': {
      if (after.length === 0) return undefined;
      const then = chance.some(after, 0.6);
      const otherwise = after.filter((name) => !then.includes(name) && chance.happens(0.8));
      if (then.length === 0 || otherwise.length === 0) return undefined;
      return { type, then, otherwise, takes: chance.happens(0.5) };
    }
    case 'conditions': {
      const { dependsOn } = task;
      if (dependsOn.length === 0 || after.length === 0) return undefined;
      const then = chance.some(after, 0.5);
      const others = after.filter((name) => !then.includes(name));
      if (then.length === 0 || others.length === 0) return undefined;
      const of = [chance.oneOf(dependsOn), ...chance.some(dependsOn, 0.3)];
      return {
        type,
        of: [...new Set(of)],
        is: chance.oneOf(['success', 'failure']),
        join: chance.oneOf(['all', 'any']),
        then,
        else: others,
      };
    }
    case 'sub_workflow':
      return others.length === 0 ? undefined : { type, workflow: chance.oneOf(others).name };
    case 'dynamic':
      if (others.length === 0) return undefined;
      return {
        type,
        workflow: chance.oneOf(others).name,
        items: chance.between(1, 4),
        parallelism: chance.between(1, 3),
      };
    case 'dependent':
      return others.length === 0
        ? undefined
        : { type, workflow: chance.oneOf(others).name, onFailure: chance.oneOf(['fail', 'wait']) };
    case 'approval':
      return { type };
    case 'wait':
      if (chance.happens(0.5)) return { type, forMs: chance.between(1, 60) * 1_000, signal: null };
      return { type, forMs: null, signal: 'go' };
  }
}
