/** Draws triggers: chains, rings and fans of workflows that follow each other, webhooks, and what is done about them. */
import { AFTER_CONDITIONS } from '@vaquita/core';
import { calmAfterAll } from './calm.ts';
import type { Chance } from './chance.ts';
import type { Attempt, Operation, Scenario, TaskSpec, WorkflowSpec } from './scenario.ts';
import type { TriggerSpec, WaitSpec } from './triggers.ts';

const SHARE = 0.4;
/** Below it there is no time for people to do anything. */
const LEAST_MS = 60_000;
const RUNS = 12;

export function drawTriggers(chance: Chance, scenario: Scenario, busyMs: number): Scenario {
  if (!chance.happens(SHARE)) return scenario;
  const untilMs = Math.max(LEAST_MS, Math.min(busyMs, scenario.calmAt));
  const workflows = Array.from({ length: chance.between(2, 4) }, (_, index) => drawWorkflow(chance, `c${index + 1}`));
  const triggers = [...drawPaths(chance, scenario, workflows), ...drawHooks(chance, workflows)];
  const operations = [
    ...triggers.flatMap((trigger) => drawLife(chance, trigger, untilMs)),
    ...drawStarts(chance, scenario, { workflow: workflows[0]!, untilMs }),
    ...drawDeliveries(chance, scenario, { triggers, untilMs }),
    ...workflows.flatMap(({ name }) => drawSwitch(chance, name, untilMs)),
  ];
  return calmAfterAll({
    ...scenario,
    workflows: [...scenario.workflows, ...workflows],
    triggers,
    operations: [...scenario.operations, ...operations],
  });
}

function drawWorkflow(chance: Chance, name: string): WorkflowSpec {
  const fails = chance.oneOf([0, 0.2, 0.6]);
  const last = chance.oneOf([50, 1_000, 8_000]);
  const attempt = (): Attempt => ({
    end: chance.happens(fails) ? 'failure' : 'success',
    startMs: chance.skewed(0, 200),
    runMs: chance.skewed(1, last),
    stubborn: false,
  });
  const task: TaskSpec = {
    ...{ name: `${name}-t1`, dependsOn: [], enabled: true, retry: { times: 0, intervalMs: 0 }, timeout: null },
    ...{ delayMs: 0, priority: 'medium', workerGroup: 'default', workerLabels: {}, taskGroup: null },
    ...{ kind: { type: 'work' }, attempts: [] },
    runs: Array.from({ length: RUNS }, () => [attempt(), attempt()]),
  };
  return {
    ...{ name, execution: 'parallel', maxParallelRuns: null, failureStrategy: 'continue', timeoutMs: null },
    ...{ alerts: null, tasks: [task] },
  };
}

/** From each to the next; at the end often round again; and now and then from something else, or to it. */
function drawPaths(chance: Chance, { workflows }: Scenario, own: readonly WorkflowSpec[]): TriggerSpec[] {
  const names = own.map(({ name }) => name);
  const others = workflows.map(({ name }) => name);
  const paths: (readonly [from: string, to: string])[] = names.slice(1).map((to, index) => [names[index]!, to]);
  if (chance.happens(0.4)) paths.push([names.at(-1)!, chance.oneOf(names)]);
  if (chance.happens(0.3)) paths.push([names[0]!, chance.oneOf(names)]);
  // Schedules, backfills and all that a run can go through.
  if (chance.happens(0.4)) paths.push([chance.oneOf(others), chance.oneOf(names)]);
  if (chance.happens(0.1)) paths.push([chance.oneOf(names), chance.oneOf(others)]);
  const waits = (workflow: string): WaitSpec => ({
    ...{ kind: 'after_workflow', workflow, on: chance.oneOf(AFTER_CONDITIONS), backfills: chance.happens(0.5) },
  });
  return paths.map(([from, to], index) => ({
    ...{ name: `after-${index + 1}`, workflow: to, waits: waits(from), otherWaits: waits(chance.oneOf(names)) },
    ...{ broken: chance.happens(0.04), online: chance.happens(0.9) },
  }));
}

function drawHooks(chance: Chance, own: readonly WorkflowSpec[]): TriggerSpec[] {
  if (!chance.happens(0.6)) return [];
  const waits: WaitSpec = { kind: 'webhook' };
  const workflow = chance.oneOf(own).name;
  return [{ name: 'hook-1', workflow, waits, otherWaits: waits, broken: chance.happens(0.04), online: true }];
}

function drawLife(chance: Chance, { name: trigger, online, waits }: TriggerSpec, untilMs: number): Operation[] {
  const made = chance.happens(0.7) ? 0 : chance.skewed(100, untilMs / 3);
  const later = () => made + chance.between(1, untilMs - made);
  const does = (at: number, what: 'create' | 'enable' | 'disable' | 'delete' | 'describe' | 'replan'): Operation => ({
    ...{ at, do: 'trigger', trigger, what },
  });
  const life: Operation[] = [does(made, 'create')];
  if (!online) life.push(does(later(), 'enable'));
  if (chance.happens(0.2)) {
    const at = later();
    life.push(does(at, 'disable'));
    if (chance.happens(0.8)) life.push(does(at + chance.skewed(10, 30_000), 'enable'));
  }
  if (chance.happens(0.2)) life.push(does(later(), 'describe'));
  if (chance.happens(0.15) && waits.kind === 'after_workflow') life.push(does(later(), 'replan'));
  if (chance.happens(0.07)) life.push(does(later(), 'delete'));
  return life;
}

interface Beginning {
  readonly workflow: WorkflowSpec;
  readonly untilMs: number;
}

/** Of the first in the chain, and what gives a run more than one end. */
function drawStarts(chance: Chance, { operations, servers }: Scenario, { workflow, untilMs }: Beginning): Operation[] {
  const first = Math.max(0, ...operations.map((one) => (one.do === 'start' ? one.run + 1 : 0)));
  const server = () => (chance.happens(0.5) ? -1 : chance.between(0, servers - 1));
  return Array.from({ length: chance.between(1, 4) }, (_, index): Operation[] => {
    const run = first + index;
    const at = chance.skewed(1_000, untilMs / 2);
    const start: Operation = {
      ...{ at, do: 'start', run, workflow: workflow.name, priority: 'medium', scope: 'all', startTasks: [] },
      ...{ dryRun: chance.happens(0.05), alertOn: null, alertGroup: null, server: server() },
    };
    if (!chance.happens(0.5)) return [start];
    const how = { run, twice: chance.happens(0.1), quietly: false, server: server() };
    const order = chance.oneOf(['rerun', 'recover_failed', 'stop', 'pause'] as const);
    const orders: Operation[] = [{ ...how, at: at + chance.skewed(100, 60_000), do: order }];
    if (order === 'pause') orders.push({ ...how, at: orders[0]!.at + chance.skewed(100, 20_000), do: 'resume' });
    return [start, ...orders];
  }).flat();
}

function drawDeliveries(
  chance: Chance,
  { servers }: Scenario,
  { triggers, untilMs }: { readonly triggers: readonly TriggerSpec[]; readonly untilMs: number },
): Operation[] {
  const hooks = triggers.filter(({ waits }) => waits.kind === 'webhook');
  return hooks.flatMap(({ name: trigger }) =>
    Array.from({ length: chance.between(1, 5) }, (_, delivery): Operation[] => {
      const at = chance.between(1_000, untilMs);
      const sent = (when: number): Operation => ({
        ...{ at: when, do: 'deliver', trigger, delivery, copies: chance.oneOf([1, 1, 2, 3]) },
        server: chance.between(0, servers - 1),
      });
      return [sent(at), ...(chance.happens(0.4) ? [sent(at + chance.skewed(1, 60_000))] : [])];
    }).flat(),
  );
}

function drawSwitch(chance: Chance, workflow: string, untilMs: number): Operation[] {
  if (!chance.happens(0.1)) return [];
  const at = chance.between(1_000, untilMs);
  const off: Operation = { at, do: 'switch_workflow', workflow, online: false };
  const on: Operation = { at: at + chance.skewed(10, 60_000), do: 'switch_workflow', workflow, online: true };
  return chance.happens(0.8) ? [off, on] : [off];
}
