import { expect, it } from 'vitest';
import { EPOCH, execution, row, runOf, shell, workflowOf } from '../testing/made-facts.ts';
import { readWitness } from './facts.ts';
import { judgeGroups, judgeSequence, judgeTurns } from './judge-order.ts';

const TWO = workflowOf([shell('a'), shell('b', ['a'])]);

it('a task begins after what it waits for has ended', () => {
  const run = runOf(TWO, [row('a'), row('b')]);
  const witness = (begun: number) =>
    new Map([
      ['a-1', [execution('a-1', 0, 1_000)]],
      ['b-1', [execution('b-1', begun, 2_000)]],
    ]);
  expect(judgeSequence(run, witness(1_000))).toEqual([]);
  expect(judgeSequence(run, witness(900))).toEqual(['run r1: b began 100 ms before a had ended']);
});

it('a group has no more tasks at once than slots; an attempt that was lost does not count', () => {
  const groups = [{ name: 'db', size: 1 }];
  const rows = [row('a', { taskGroup: 'db' }), row('b', { taskGroup: 'db' })];
  const witness = new Map([
    ['a-1', [execution('a-1', 0, 1_000)]],
    ['b-1', [execution('b-1', 500, 2_000)]],
  ]);
  expect(judgeGroups([runOf(TWO, rows)], witness, groups)).toEqual([
    '2 tasks of the group db ran at once, and it has 1 slots',
  ]);
  const lost = { state: 'need_fault_tolerance', current: false } as const;
  expect(judgeGroups([runOf(TWO, [{ ...rows[0]!, ...lost }, rows[1]!])], witness, groups)).toEqual([]);
});

it('runs of a workflow that does one at a time come one after the other', () => {
  const plan = workflowOf([shell('a')], { execution: 'serial_wait' });
  const runs = [runOf(plan, [row('a')]), runOf(plan, [row('a', { id: 'other' })])];
  const second = (begun: number) =>
    new Map([
      ['a-1', [execution('a-1', 0, 1_000)]],
      ['other', [execution('other', begun, 2_000)]],
    ]);
  expect(judgeTurns(runs, second(1_000))).toEqual([]);
  expect(judgeTurns(runs, second(999))).toHaveLength(1);
});

it('lines of tasks are read in pairs, and one that nobody can have written is no line', () => {
  const line = (word: string, at: number, exit: string) => `${word} t1 d1 ada ${EPOCH + at} ${exit}\n`;
  expect(readWitness(line('begin', 0, '-') + line('end', 5, '1') + line('begin', 9, '-')).get('t1')).toEqual([
    { taskInstanceId: 't1', dispatchId: 'd1', agent: 'ada', begunAt: EPOCH, end: { at: EPOCH + 5, exit: '1' } },
    { taskInstanceId: 't1', dispatchId: 'd1', agent: 'ada', begunAt: EPOCH + 9, end: null },
  ]);
  expect(() => readWitness(line('end', 5, '0'))).toThrow('that had not begun');
  expect(() => readWitness('begin t1 d1\n')).toThrow('cannot be read');
});
