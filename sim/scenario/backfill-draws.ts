/** Draws backfills: what they run, for which times, in which order, and what people do about them. */
import { BACKFILL_ORDERS } from '@vaquita/core';
import type { BackfillSpec, BusinessTime } from './backfills.ts';
import { calmAfterAll } from './calm.ts';
import type { Chance } from './chance.ts';
import type { Attempt, Operation, Scenario, TaskSpec, WorkflowSpec } from './scenario.ts';

const SHARE = 0.4;
/** Below it there is no time for people to do anything. */
const LEAST_MS = 60_000;
const MAX_DAYS = 6;
/** Of a workflow of the rest, which may be a large one. */
const FEW_DAYS = 2;
const FEW_TASKS = 6;

export function drawBackfills(chance: Chance, scenario: Scenario, busyMs: number): Scenario {
  if (!chance.happens(SHARE)) return scenario;
  const untilMs = Math.max(LEAST_MS, Math.min(busyMs, scenario.calmAt));
  const workflows = drawChain(chance);
  const few = scenario.workflows.filter(({ tasks }) => tasks.length <= FEW_TASKS);
  const root = few.length > 0 && chance.happens(0.12) ? chance.oneOf(few) : workflows[0]!;
  const first = drawBackfill(
    chance,
    'fill-1',
    root === workflows[0] ? { root, days: MAX_DAYS } : { root, days: FEW_DAYS },
  );
  // Over some of the same times: what one of them has, the other cannot have.
  const others = chance.happens(0.35) ? [{ ...drawBackfill(chance, 'fill-2', { root, days: FEW_DAYS }) }] : [];
  const backfills = [first, ...others];
  const operations = [
    ...backfills.flatMap((backfill, index) => drawLife(chance, backfill, { index, untilMs })),
    ...workflows.flatMap(({ name }) => drawSwitch(chance, name, untilMs)),
  ];
  return calmAfterAll({
    ...scenario,
    workflows: [...scenario.workflows, ...workflows],
    backfills,
    operations: [...scenario.operations, ...operations],
  });
}

/** One workflow, and up to two that ask about those before them. */
function drawChain(chance: Chance): WorkflowSpec[] {
  const count = chance.weighed([
    [5, 1],
    [4, 2],
    [2, 3],
  ]);
  const made: WorkflowSpec[] = [];
  for (let index = 0; index < count; index++) {
    const name = `b${index + 1}`;
    const work = drawTask(chance, `${name}-t1`);
    const before = made.length === 0 ? undefined : chance.oneOf(made).name;
    const ask: TaskSpec[] =
      before === undefined
        ? []
        : [
            {
              ...work,
              name: `${name}-t0`,
              kind: { type: 'dependent', workflow: before, onFailure: 'fail' },
              attempts: [],
            },
          ];
    made.push({
      ...{ name, execution: 'parallel', maxParallelRuns: null, failureStrategy: 'continue', timeoutMs: null },
      ...{ alerts: null, tasks: [...ask, { ...work, dependsOn: ask.map((task) => task.name) }] },
    });
  }
  return made;
}

function drawTask(chance: Chance, name: string): TaskSpec {
  const last = chance.oneOf([100, 2_000, 10_000]);
  const fails = chance.oneOf([0, 0.15, 0.5]);
  const attempt = (): Attempt => ({
    end: chance.happens(fails) ? 'failure' : 'success',
    startMs: chance.skewed(0, 200),
    runMs: chance.skewed(1, last),
    stubborn: chance.happens(0.1),
  });
  return {
    ...{ name, dependsOn: [], enabled: true, retry: { times: 0, intervalMs: 0 }, timeout: null, delayMs: 0 },
    ...{ priority: 'medium', workerGroup: 'default', workerLabels: {}, taskGroup: null, kind: { type: 'work' } },
    attempts: [],
    runs: Array.from({ length: 2 * MAX_DAYS }, () => [attempt(), attempt()]),
  };
}

interface Target {
  readonly root: WorkflowSpec;
  readonly days: number;
}

function drawBackfill(chance: Chance, name: string, { root, days }: Target): BackfillSpec {
  // Several hours of one day are one day to those who ask.
  const hours = chance.happens(0.25) ? [0, 12] : [0];
  const times = Array.from({ length: chance.between(1, days) }, (_, day) =>
    hours.map((hour): BusinessTime => [day + 1, hour]),
  ).flat();
  return {
    ...{ name, workflow: root.name, dependents: chance.happens(0.75), times },
    order: chance.oneOf(BACKFILL_ORDERS),
    parallelism: chance.weighed([
      [4, 1],
      [3, 2],
      [2, 3],
      [2, 8],
    ]),
    gaps: chance.happens(0.5),
  };
}

interface Story {
  readonly index: number;
  readonly untilMs: number;
}

function drawLife(chance: Chance, { name: backfill }: BackfillSpec, { index, untilMs }: Story): Operation[] {
  const made = chance.happens(0.4) ? 100 * index : chance.skewed(100, untilMs / 2);
  const later = (after = made) => after + 1 + chance.skewed(100, Math.max(200, untilMs - after));
  const does = (at: number, what: 'pause' | 'resume' | 'cancel' | 'retry' | 'describe'): Operation => ({
    ...{ at, do: 'backfill', backfill, what },
  });
  const life: Operation[] = [{ at: made, do: 'backfill', backfill, what: 'create' }];
  if (chance.happens(0.3)) {
    const paused = later();
    life.push(does(paused, 'pause'));
    if (chance.happens(0.85)) life.push(does(paused + chance.skewed(10, 60_000), 'resume'));
  }
  if (chance.happens(0.3))
    life.push({ at: later(), do: 'backfill_parallelism', backfill, parallelism: chance.between(1, 4) });
  if (chance.happens(0.1)) life.push(does(later(), 'describe'));
  const mend = (at: number): Operation => ({ at, do: 'backfill_runs', backfill, order: 'recover_failed' });
  for (let times = chance.oneOf([0, 1, 2, 3]); times > 0; times--) {
    const at = made + chance.between(3_000, untilMs / 2);
    const how = chance.weighed([
      [3, 'retry'],
      [3, 'mend'],
      [1, 'both'],
    ]);
    if (how !== 'mend') life.push(does(at, 'retry'));
    if (how !== 'retry') life.push(mend(at + chance.skewed(1, 3_000)));
  }
  if (chance.happens(0.15)) life.push({ at: later(), do: 'backfill_runs', backfill, order: 'stop' });
  if (chance.happens(0.15)) {
    const at = later();
    life.push(does(at, 'cancel'));
    if (chance.happens(0.5)) life.push({ at: at + 1, do: 'backfill_runs', backfill, order: 'stop' });
  }
  return life;
}

function drawSwitch(chance: Chance, workflow: string, untilMs: number): Operation[] {
  if (!chance.happens(0.12)) return [];
  const at = chance.skewed(100, untilMs);
  const off: Operation = { at, do: 'switch_workflow', workflow, online: false };
  const on: Operation = { at: at + chance.skewed(10, 60_000), do: 'switch_workflow', workflow, online: true };
  return chance.happens(0.8) ? [off, on] : [off];
}
