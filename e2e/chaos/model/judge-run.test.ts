import { describe, expect, it } from 'vitest';
import { NEVER_WELL } from '../plan/plan.ts';
import { row, runOf, shell, told, workflowOf } from '../testing/made-facts.ts';
import type { RunFacts, Witness } from './facts.ts';
import { judgeRun } from './judge-run.ts';

const TWO = workflowOf([shell('a'), shell('b', ['a'])]);
const BOTH_RAN = told({ 'a-1': '0', 'b-1': '0' });
const FAILS = { work: { type: 'shell', workMs: 1, fails: NEVER_WELL, group: null } } as const;

const wrongIn = (run: RunFacts, witness: Witness = BOTH_RAN) =>
  judgeRun(run, witness).map((what) => what.slice(what.indexOf(': ') + 2));

describe('a run that has gone as planned', () => {
  it('is allowed', () => {
    expect(wrongIn(runOf(TWO, [row('a'), row('b')]))).toEqual([]);
  });

  it('is allowed to have been repeated where a worker was lost', () => {
    const lost = row('a', { state: 'need_fault_tolerance', current: false });
    const run = runOf(TWO, [lost, row('a', { attempt: 2 }), row('b')]);
    expect(wrongIn(run, told({ 'a-2': '0', 'b-1': '0' }))).toEqual([]);
  });

  it('is allowed to have been stopped, when that was asked for', () => {
    const run = runOf(TWO, [row('a'), row('b', { state: 'killed' })], { view: { state: 'stopped' }, done: ['stop'] });
    expect(wrongIn(run)).toEqual([]);
  });

  it('skips what a branch did not choose', () => {
    const plan = workflowOf([
      shell('which', [], { work: { type: 'switch', over: 5, then: ['yes'], otherwise: ['no'] } }),
      shell('yes', ['which']),
      shell('no', ['which']),
    ]);
    const which = row('which', { logic: { kind: 'branch', chosen: ['yes'], why: '' } });
    expect(wrongIn(runOf(plan, [which, row('yes')]), told({ 'yes-1': '0' }))).toEqual([]);
    expect(wrongIn(runOf(plan, [which, row('yes'), row('no')]), told({ 'yes-1': '0', 'no-1': '0' }))).toEqual([
      'no was started, and what is before it does not let it',
    ]);
  });
});

describe('lost is', () => {
  it.each(['submitted', 'running', 'paused', 'ready_stop'] as const)('a run that stays %s', (state) => {
    expect(wrongIn(runOf(TWO, [row('a'), row('b')], { view: { state } }))[0]).toMatch(/^it has not ended/);
  });

  it('a task of a run that succeeded, and has no row', () => {
    expect(wrongIn(runOf(TWO, [row('a')]))).toEqual(['b has not ended']);
  });

  it('a task that is said to have succeeded and never ran', () => {
    expect(wrongIn(runOf(TWO, [row('a'), row('b')]), told({ 'a-1': '0' }))[0]).toContain('it never ran');
  });

  it('a task that was not started though the run has failed by another', () => {
    const plan = workflowOf([shell('a', [], FAILS), shell('b')]);
    const run = runOf(plan, [row('a', { state: 'failure' })], { view: { state: 'failure' } });
    expect(wrongIn(run, told({ 'a-1': '1' }))).toEqual(['b was never started']);
    expect(wrongIn({ ...run, plan: { ...plan, failureStrategy: 'end' } }, told({ 'a-1': '1' }))).toEqual([]);
  });

  it('an attempt that was lost, with nothing after it', () => {
    const run = runOf(TWO, [row('a', { state: 'need_fault_tolerance' })], { view: { state: 'running' } });
    expect(wrongIn(run).join()).toContain('nothing came after it');
  });

  it('a task without a newest attempt, unless its run was done again and did not come to it', () => {
    const plan = { ...workflowOf([shell('a', [], FAILS), shell('b', ['a'])]), failureStrategy: 'end' as const };
    const before = [row('a', { current: false, state: 'failure' }), row('b', { current: false })];
    const tasks = [...before, row('a', { attempt: 2, state: 'failure' })];
    const witness = told({ 'a-1': '1', 'a-2': '1', 'b-1': '0' });
    const run = runOf(plan, tasks, { view: { state: 'failure' }, done: ['rerun'] });
    expect(wrongIn(run, witness)).toEqual([]);
    expect(wrongIn({ ...run, done: [] }, witness)).toEqual(['b has 0 newest attempts']);
    const success = runOf(TWO, [row('a'), row('b', { current: false })], { done: ['rerun'] });
    expect(wrongIn(success)).toEqual(['b has not ended']);
  });

  it('a value that did not come through', () => {
    const counting = { ...TWO, counts: true };
    expect(wrongIn(runOf(counting, [row('a'), row('b', { outputs: { value: '2' } })]))).toEqual([]);
    expect(wrongIn(runOf(counting, [row('a'), row('b', { outputs: { value: '1' } })]))).toEqual([
      'its tasks have counted to 1, not 2',
    ]);
  });
});

describe('not allowed is', () => {
  it('a success of what cannot succeed, and a failure of what cannot fail', () => {
    const plan = workflowOf([shell('a', [], FAILS)]);
    expect(wrongIn(runOf(plan, [row('a')]))[0]).toContain('it has succeeded, and it cannot');
    const failed = runOf(workflowOf([shell('a')]), [row('a', { state: 'failure' })], { view: { state: 'failure' } });
    expect(wrongIn(failed, told({ 'a-1': '1' }))[0]).toContain('it has failed, and it cannot');
  });

  it('a retry too few', () => {
    const plan = workflowOf([shell('a', [], { ...FAILS, retries: 1 })]);
    const run = (retryTimes: number) =>
      runOf(plan, [row('a', { state: 'failure', retryTimes })], { view: { state: 'failure' } });
    expect(wrongIn(run(1), told({ 'a-1': '1' }))).toEqual([]);
    expect(wrongIn(run(0), told({ 'a-1': '1' }))[0]).toContain('1 are planned');
  });

  it('a stop or a kill that nobody asked for', () => {
    expect(wrongIn(runOf(TWO, [row('a', { state: 'killed' })], { view: { state: 'stopped' } }))).toEqual([
      'nobody has stopped it, or it was to go on',
      'a #1 (a-1, killed): nobody has asked for that',
    ]);
  });

  it('a stop that was taken back', () => {
    const run = runOf(TWO, [row('a'), row('b', { state: 'killed' })], {
      view: { state: 'stopped' },
      done: ['stop', 'resume'],
    });
    expect(wrongIn(run)).toEqual(['nobody has stopped it, or it was to go on']);
  });

  it('a second run of a task that starts one', () => {
    const plan = workflowOf([shell('sub', [], { work: { type: 'sub_workflow', workflow: 'leaf' } })]);
    const child = (id: string) =>
      runOf(TWO, [row('a'), row('b')], {
        view: { id, parent: { workflowInstanceId: 'r1', taskInstanceId: null, taskName: 'sub', index: 0 } },
      });
    expect(wrongIn(runOf(plan, [row('sub')], { children: [child('c1')] }))).toEqual([]);
    expect(wrongIn(runOf(plan, [row('sub')], { children: [child('c1'), child('c2')] }))).toEqual([
      'sub has started 2 runs, and 1 are planned',
    ]);
    expect(wrongIn(runOf(plan, [row('sub')]))).toEqual(['sub has succeeded with 0 of its 1 runs']);
  });
});
