import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DependencyAnswer, DependencyItem, DependencyTree, DependentConfig } from './configs.ts';
import { combineAnswers, dependencyKey, dependencyQuestions } from './dependent.ts';
import vectors from './dependent.vectors.json' with { type: 'json' };

type State = DependencyAnswer['state'];

const item = (workflow: string, more: Partial<DependencyItem> = {}): DependencyItem => ({
  project: null,
  workflow,
  task: null,
  cycle: 'day',
  range: 'today',
  passOutputs: false,
  ...more,
});

const config = (on: DependencyTree): DependentConfig => ({
  on,
  checkIntervalMs: 30_000,
  onFailure: 'fail',
  failureWaitMs: 0,
});

const answer = (of: DependencyItem, state: State, more: Partial<DependencyAnswer> = {}): DependencyAnswer => ({
  key: dependencyKey(of),
  state,
  text: `${of.workflow} is ${state}.`,
  outputs: {},
  endedAt: null,
  ...more,
});

function combine(on: DependencyTree, answers: readonly DependencyAnswer[]) {
  return combineAnswers(config(on), new Map(answers.map((one) => [one.key, one])));
}

describe('dependencyQuestions', () => {
  const time = { businessTime: Date.UTC(2026, 0, 31, 12), timezone: 'UTC' };

  it('asks each different thing once, with its intervals', () => {
    const on: DependencyTree = {
      all: [
        item('orders'),
        { any: [item('orders', { passOutputs: true }), item('orders', { task: 'load', project: 'shop' })] },
        item('orders', { task: '*', range: 'last2Days' }),
      ],
    };
    const questions = dependencyQuestions(config(on), time);
    expect(questions.map(({ key, passOutputs, intervals }) => [key, passOutputs, intervals.length])).toEqual([
      ['/orders//day/today', true, 1],
      ['shop/orders/load/day/today', false, 1],
      ['/orders/*/day/last2Days', false, 2],
    ]);
    const once = dependencyQuestions(config({ any: [item('orders', { passOutputs: true }), item('orders')] }), time);
    expect(once.map(({ passOutputs }) => passOutputs)).toEqual([true]);
    expect(questions[0]!.intervals).toEqual([{ from: Date.UTC(2026, 0, 31), to: Date.UTC(2026, 1, 1) - 1 }]);
  });
});

describe('combineAnswers', () => {
  it.each(vectors.relations)(
    '$relation of $inputs is $expected, as in the reference',
    ({ relation, inputs, expected }) => {
      const items = inputs.map((_, i) => item(`w${i}`));
      const answers = items.map((one, i) => answer(one, inputs[i] as State));
      expect(combine(relation === 'and' ? { all: items } : { any: items }, answers).state).toBe(expected);
    },
  );

  const [a, b, c] = [item('a'), item('b'), item('c')];

  it('takes what is not answered as waiting, and says so', () => {
    expect(combine(a, [])).toEqual({
      state: 'waiting',
      blocking: ['It is not known yet how a (today) stands.'],
      outputs: {},
    });
  });

  it('names what blocks it and nothing else', () => {
    const answers = [answer(a, 'success'), answer(b, 'waiting'), answer(c, 'failure')];
    expect(combine({ all: [a, b, c] }, answers)).toMatchObject({ state: 'failure', blocking: ['c is failure.'] });
    expect(combine({ all: [a, b, b] }, answers)).toMatchObject({ state: 'waiting', blocking: ['b is waiting.'] });
    expect(combine({ any: [b, c] }, answers)).toMatchObject({ state: 'waiting', blocking: ['b is waiting.'] });
    expect(combine({ any: [a, b, c] }, answers)).toMatchObject({ state: 'success', blocking: [] });
    const nested: DependencyTree = { all: [a, { any: [b, { all: [a, c] }] }] };
    expect(combine(nested, answers)).toMatchObject({ state: 'waiting', blocking: ['b is waiting.'] });
  });

  it('names the first few of many', () => {
    const many = Array.from({ length: 25 }, (_, i) => item(`w${i}`));
    const { blocking } = combine(
      { all: many },
      many.map((one) => answer(one, 'waiting')),
    );
    expect(blocking).toHaveLength(21);
    expect(blocking.at(-1)).toBe('And 5 more.');
  });

  it('passes on the outputs that were asked for, the latest of equal names, and only on success', () => {
    const [x, y, z] = [item('x', { passOutputs: true }), item('y', { passOutputs: true }), item('z')];
    const answers = [
      answer(x, 'success', { outputs: { n: 'x', only: 'x' }, endedAt: 20 }),
      answer(y, 'success', { outputs: { n: 'y' }, endedAt: 10 }),
      answer(z, 'success', { outputs: { n: 'z' }, endedAt: 30 }),
    ];
    expect(combine({ all: [x, y, z] }, answers).outputs).toEqual({ n: 'x', only: 'x' });
    expect(combine({ all: [x, y, item('w')] }, answers).outputs).toEqual({});
    expect(combine({ any: [y, item('w', { passOutputs: true })] }, answers).outputs).toEqual({ n: 'y' });
  });

  it('never goes back: better answers never make it worse', () => {
    const tree = fc.letrec<{ tree: DependencyTree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(a, b, c),
        fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      ),
    })).tree;
    const rank = (state: State) => ['failure', 'waiting', 'success'].indexOf(state);
    const states = fc.constantFrom<State>('failure', 'waiting', 'success');
    fc.assert(
      fc.property(tree, states, states, states, (on, ...given) => {
        const before = combine(
          on,
          [a, b, c].map((one, i) => answer(one, given[i]!)),
        );
        for (const better of [a, b, c]) {
          const after = combine(
            on,
            [a, b, c].map((one, i) => answer(one, one === better ? 'success' : given[i]!)),
          );
          expect(rank(after.state)).toBeGreaterThanOrEqual(rank(before.state));
        }
        expect(before.blocking.length > 0).toBe(before.state !== 'success');
      }),
    );
  });
});
