/** Draws what people do: runs are started, and ordered about at any moment, sensibly and not. */
import { PRIORITIES } from '@vaquita/core';
import type { Abilities } from './abilities.ts';
import type { Chance } from './chance.ts';
import type { Operation, OperationKind, TaskGroupSpec, TaskSpec, WorkflowSpec } from './scenario.ts';

export interface OperationSources {
  readonly abilities: Abilities;
  readonly workflows: readonly WorkflowSpec[];
  readonly groups: readonly TaskGroupSpec[];
  readonly servers: number;
  readonly untilMs: number;
}

/** Half of all people know who leads. */
function someServer(chance: Chance, { servers }: OperationSources): number {
  return chance.happens(0.5) ? -1 : chance.between(0, servers - 1);
}

export function drawOperations(chance: Chance, sources: OperationSources): Operation[] {
  const { workflows, untilMs, abilities } = sources;
  const starts = Array.from({ length: chance.skewed(1, 6) }, (_, run) => {
    const workflow = chance.oneOf(workflows);
    const scope = chance.happens(0.15) ? chance.oneOf(['upstream', 'downstream', 'only'] as const) : ('all' as const);
    const names = workflow.tasks.map(({ name }) => name);
    return {
      at: run === 0 ? 1 : chance.between(0, untilMs / 4),
      do: 'start' as const,
      run,
      workflow: workflow.name,
      priority: chance.oneOf(PRIORITIES),
      scope,
      startTasks:
        scope === 'all'
          ? []
          : [chance.oneOf(names), ...chance.some(names, 0.1)].filter((name, at, all) => all.indexOf(name) === at),
      dryRun: abilities.dryRuns && chance.happens(0.05),
      alertOn: null,
      alertGroup: null,
      server: someServer(chance, sources),
    };
  });
  const orders = Array.from({ length: chance.oneOf([0, 1, 3, 8]) }, () => {
    const start = chance.oneOf(starts);
    return drawOrders(chance, sources, { start, at: start.at + chance.skewed(0, untilMs - start.at) });
  }).flat();
  const resizes = sources.groups.flatMap((group) =>
    chance.happens(0.3)
      ? [{ at: chance.between(0, untilMs), do: 'resize' as const, group: group.name, size: chance.between(1, 3) }]
      : [],
  );
  return [...starts, ...orders, ...resizes, ...drawAnswers(chance, sources, starts)];
}

type Start = Extract<Operation, { do: 'start' }>;

const FITS: { readonly [Kind in OperationKind]?: (task: TaskSpec) => boolean } = {
  force_success: ({ attempts }) => attempts.some(({ end }) => end === 'failure'),
  force_start: ({ taskGroup }) => taskGroup !== null,
  approve_task: ({ kind }) => kind.type === 'approval',
  reject_task: ({ kind }) => kind.type === 'approval',
};

/** What often follows an order, for a run that was brought to rest by it or has ended. */
const SEQUELS: { readonly [Kind in OperationKind]?: readonly OperationKind[] } = {
  pause: ['resume', 'resume', 'stop', 'recover_failed'],
  stop: ['resume', 'recover_failed', 'rerun'],
  kill_task: ['recover_failed', 'force_success', 'rerun_from'],
  force_success: ['recover_failed'],
};

function drawOrders(
  chance: Chance,
  sources: OperationSources,
  { start, at }: { readonly start: Start; readonly at: number },
): Operation[] {
  const kind = chance.oneOf(sources.abilities.operations);
  const first = drawOrder(chance, sources, { start, at, kind });
  const sequels = SEQUELS[kind];
  if (sequels === undefined || chance.happens(0.4)) return [first];
  const later = at + chance.skewed(0, 60_000);
  return [first, drawOrder(chance, sources, { start, at: later, kind: chance.oneOf(sequels), task: first })];
}

function drawOrder(
  chance: Chance,
  sources: OperationSources,
  {
    start,
    at,
    kind,
    task,
  }: { readonly start: Start; readonly at: number; readonly kind: OperationKind; readonly task?: Operation },
): Operation {
  const { tasks } = sources.workflows.find(({ name }) => name === start.workflow)!;
  const names = tasks.map(({ name }) => name);
  // Mostly one that the order can mean; sometimes any.
  const fitting = tasks.filter(FITS[kind] ?? (() => true)).map(({ name }) => name);
  const meant =
    task && 'task' in task ? task.task : chance.oneOf(fitting.length > 0 && chance.happens(0.8) ? fitting : names);
  const how = {
    at,
    run: start.run,
    twice: chance.happens(0.1),
    quietly: chance.happens(0.1),
    server: someServer(chance, sources),
  };
  switch (kind) {
    case 'rerun_from':
      return {
        ...how,
        do: kind,
        tasks: [chance.oneOf(names), ...chance.some(names, 0.1)].filter((name, i, all) => all.indexOf(name) === i),
      };
    case 'kill_task':
    case 'force_success':
    case 'force_start':
    case 'approve_task':
    case 'reject_task':
      return { ...how, do: kind, task: meant };
    case 'signal':
      return { ...how, do: kind, name: chance.oneOf(['go', 'other']) };
    case 'stop':
    case 'pause':
    case 'resume':
    case 'recover_failed':
    case 'rerun':
    case 'retry':
      return { ...how, do: kind };
    default:
      return { ...how, do: 'stop' };
  }
}

/** Most of what waits for a person gets its answer, late. */
function drawAnswers(chance: Chance, sources: OperationSources, starts: readonly Start[]): Operation[] {
  const { workflows, untilMs } = sources;
  return starts.flatMap((start) => {
    const { tasks } = workflows.find(({ name }) => name === start.workflow)!;
    return tasks.flatMap(({ name, kind }): Operation[] => {
      if (!chance.happens(0.8)) return [];
      const how = {
        at: start.at + chance.between(0, untilMs - start.at),
        run: start.run,
        twice: false,
        quietly: false,
        server: someServer(chance, sources),
      };
      if (kind.type === 'approval')
        return [{ ...how, do: chance.oneOf(['approve_task', 'approve_task', 'reject_task']), task: name }];
      if (kind.type === 'wait' && kind.signal !== null) return [{ ...how, do: 'signal', name: kind.signal }];
      return [];
    });
  });
}
