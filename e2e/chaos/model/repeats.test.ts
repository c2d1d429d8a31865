import { expect, it } from 'vitest';
import { EPOCH, execution, row, runOf, shell, workflowOf } from '../testing/made-facts.ts';
import type { Trouble, Witness } from './facts.ts';
import { findRecoveries } from './recoveries.ts';
import { findRepeats } from './repeats.ts';

const LOST = row('a', { state: 'need_fault_tolerance', current: false });
const RUN = runOf(workflowOf([shell('a')]), [LOST, row('a', { attempt: 2 })]);
const WITNESS: Witness = new Map([
  ['a-1', [execution('a-1', 0, null)]],
  ['a-2', [execution('a-2', 7_000, 8_000)]],
]);
const trouble = (more: Partial<Trouble> = {}): Trouble => ({
  what: 'agent-kill',
  target: 'ada',
  at: EPOCH + 500,
  overAt: EPOCH + 600,
  ...more,
});

it('what was done again has the trouble of its worker for a cause', () => {
  expect(findRepeats([RUN], WITNESS, [trouble()])).toMatchObject([{ cause: { what: 'agent-kill' } }]);
});

it('the last of several is the cause', () => {
  const troubles = [
    trouble({ what: 'agent-freeze', at: EPOCH - 500 }),
    trouble(),
    trouble({ what: 'cut', at: EPOCH + 2_000 }),
  ];
  expect(findRepeats([RUN], WITNESS, troubles)).toMatchObject([{ cause: { what: 'agent-kill' } }]);
});

it.each([
  ['another worker', { target: 'bob' }],
  ['a time long before', { at: EPOCH - 60_000, overAt: EPOCH - 50_000 }],
  ['a time after', { at: EPOCH + 1_500 }],
  ['a server', { what: 'server-kill', target: 'server 0' }],
] as const)('the trouble of %s is no cause', (_, more) => {
  expect(findRepeats([RUN], WITNESS, [trouble(more)])).toMatchObject([{ cause: null }]);
});

it('an attempt that was lost before it began, or that nothing followed, is no repetition', () => {
  const only = (id: string) => new Map([...WITNESS].filter(([one]) => one === id));
  for (const id of ['a-1', 'a-2']) expect(findRepeats([RUN], only(id), [trouble()])).toEqual([]);
});

it('a dispatch that ran twice has a cause only in the death of its agent between', () => {
  const twice = new Map([['a-2', [execution('a-2', 0, 100), execution('a-2', 900, 1_000)]]]);
  expect(findRepeats([RUN], twice, [trouble()])).toMatchObject([{ cause: { what: 'agent-kill' } }]);
  expect(findRepeats([RUN], twice, [trouble({ what: 'cut' })])).toMatchObject([{ cause: null }]);
  expect(findRepeats([RUN], twice, [])).toMatchObject([{ cause: null }]);
});

it('a task that was taken back and sent anew has a cause in any trouble of the agent that had it first', () => {
  const anew = { ...execution('a-2', 900, 1_000), dispatchId: 'another', agent: 'bob' };
  const twice = new Map([['a-2', [execution('a-2', 0, 100), anew]]]);
  expect(findRepeats([RUN], twice, [trouble({ what: 'cut' })])).toMatchObject([{ cause: { what: 'cut' } }]);
  expect(findRepeats([RUN], twice, [trouble({ target: 'bob' })])).toMatchObject([{ cause: null }]);
});

it('recovery counts from the moment in which something went wrong', () => {
  const troubles = [
    trouble(),
    trouble({ what: 'server-kill', target: 'server 0', at: EPOCH - 1_000, overAt: EPOCH - 500 }),
  ];
  const repeats = findRepeats([RUN], WITNESS, troubles);
  expect(findRecoveries([RUN], WITNESS, { troubles, repeats })).toEqual([
    { name: 'server-kill, next dispatch', ms: 1_000 },
    { name: 'server-kill, next task begun', ms: 1_000 },
    { name: 'agent-kill, lost task begun again', ms: 6_500 },
  ]);
});
