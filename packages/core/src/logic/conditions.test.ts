import { describe, expect, it } from 'vitest';
import { decideConditions, type TaskOutcome } from './conditions.ts';
import type { ConditionTree } from './configs.ts';

const outcomes: Readonly<Record<string, TaskOutcome>> = { good: 'success', bad: 'failure' };
const decide = (when: ConditionTree) =>
  decideConditions({ when, then: ['yes'], else: ['no'] }, (task) => outcomes[task] ?? 'none');

const succeeded = (task: string) => ({ task, is: 'success' }) as const;
const failed = (task: string) => ({ task, is: 'failure' }) as const;

describe('decideConditions', () => {
  it.each<readonly [ConditionTree, boolean]>([
    [succeeded('good'), true],
    [failed('good'), false],
    [failed('bad'), true],
    [succeeded('absent'), false],
    [failed('absent'), false],
    [{ all: [succeeded('good'), failed('bad')] }, true],
    [{ all: [succeeded('good'), succeeded('bad')] }, false],
    [{ any: [succeeded('bad'), failed('bad')] }, true],
    [{ any: [succeeded('bad'), succeeded('absent')] }, false],
    [{ any: [{ all: [failed('good'), failed('bad')] }, { all: [succeeded('good')] }] }, true],
    [{ all: [] }, true],
    [{ any: [] }, false],
  ])('%j', (when, holds) => {
    expect(decide(when)).toMatchObject({ holds, chosen: [holds ? 'yes' : 'no'] });
  });

  it('names every task it looked at and how that ended', () => {
    expect(decide({ any: [succeeded('good'), failed('bad'), failed('absent')] }).why).toBe(
      'The conditions hold (good: success, bad: failure, absent: not run).',
    );
    const many = Array.from({ length: 30 }, (_, i) => failed(`t${i}`));
    expect(decide({ any: many }).why).toMatch(/t19: not run, …\)\.$/);
    expect(decide(failed('good')).why).toBe('The conditions do not hold (good: success).');
  });
});
