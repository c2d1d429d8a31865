/** Random graphs with every kind of task, small enough that a run of them gets far. */
import type { TaskDefinition } from '../definition/definition.ts';
import type { TaskSpec } from './run-fixture.ts';

export interface Dice {
  /** A number from 0 to n - 1. */
  below(n: number): number;
  chance(of: number): boolean;
}

const LOGIC = ['sub_workflow', 'switch', 'conditions', 'dependent', 'dynamic', 'approval', 'wait'] as const;

export function randomTasks(dice: Dice): TaskSpec[] {
  const { below, chance } = dice;
  const size = 2 + below(5);
  const names = Array.from({ length: size }, (_, i) => `t${i}`);
  const dependsOn = names.map((_, i) => names.slice(0, i).filter(() => chance(0.5)));
  return names.map((name, i) => {
    const logic = chance(0.5) ? LOGIC[below(LOGIC.length)]! : 'noop';
    const before = dependsOn[i]!;
    const type = logic === 'conditions' && before.length === 0 ? 'noop' : logic;
    const after = names.filter((_, j) => dependsOn[j]!.includes(name));
    return {
      name,
      type,
      dependsOn: before,
      enabled: !chance(0.08),
      delayMs: chance(0.2) ? 500 : 0,
      retry: { times: below(3), intervalMs: chance(0.5) ? 0 : 400, backoff: 'fixed', maxIntervalMs: 0 },
      timeout: chance(0.3) ? randomTimeout(dice) : null,
      taskGroup: type === 'noop' && chance(0.3) ? { name: 'g', priority: 0 } : null,
      config: randomConfig(dice, type, { before, after }),
    };
  });
}

function randomTimeout({ chance }: Dice): TaskDefinition['timeout'] {
  return {
    afterMs: 1_000,
    strategy: chance(0.7) ? 'fail' : 'warn',
    from: chance(0.5) ? 'start' : 'first_submit',
  };
}

function randomConfig(
  { below, chance }: Dice,
  type: string,
  { before, after }: { before: readonly string[]; after: readonly string[] },
): Record<string, unknown> {
  const chosen = after.filter(() => chance(0.5));
  const others = after.filter((name) => !chosen.includes(name));
  const workflow = { workflow: 'other', project: null, version: null };
  switch (type) {
    case 'switch':
      return {
        cases: [{ when: chance(0.5) ? '1 < 2' : '2 < 1', then: chosen }],
        otherwise: chance(0.8) ? others : null,
      };
    case 'conditions':
      return { when: { task: before[below(before.length)]!, is: 'success' }, then: chosen, else: others };
    case 'sub_workflow':
      return workflow;
    case 'dynamic': {
      const lists = [{ name: 'x', values: 'a,b,c', separator: ',' }];
      return { ...workflow, lists, exclude: [], maxItems: 10, parallelism: 2 };
    }
    case 'dependent': {
      const item = { project: null, workflow: 'other', task: null, cycle: 'day', range: 'today', passOutputs: false };
      const onFailure = chance(0.5) ? 'fail' : 'wait';
      return { on: item, checkIntervalMs: 1_000, onFailure, failureWaitMs: 500 };
    }
    case 'approval':
      return { message: 'May it?' };
    case 'wait':
      return chance(0.5) ? { forMs: 500, until: null, signal: null } : { forMs: null, until: null, signal: 'go' };
    default:
      return {};
  }
}
