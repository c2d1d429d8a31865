import { describe, expect, test } from 'vitest';
import type { WorkerId } from '../identity/ids.ts';
import { createRunFixture } from '../testing/run-fixture.ts';

const retryTwice = { times: 2, intervalMs: 1_000, backoff: 'fixed', maxIntervalMs: 0 } as const;
const DIAMOND = [
  { name: 'a' },
  { name: 'b', dependsOn: ['a'] },
  { name: 'c', dependsOn: ['a'] },
  { name: 'd', dependsOn: ['b', 'c'] },
];

describe('a run', () => {
  test('starts its roots, takes a number and marks the command done', () => {
    const fixture = createRunFixture(DIAMOND);
    const command = fixture.start();
    expect(fixture.state).toBe('running');
    expect(fixture.statesOf()).toEqual({ a: 'submitted' });
    expect(fixture.rows.commands.get(command)).toBe('done');
    expect(fixture.intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId: fixture.current('a').id });
  });

  test('starts a join once, when all before it have passed', () => {
    const fixture = createRunFixture(DIAMOND);
    fixture.start();
    fixture.does('a');
    fixture.does('b');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'success', c: 'submitted' });
    fixture.does('c');
    expect(fixture.attemptsOf('d')).toEqual(['submitted']);
    fixture.does('d');
    expect(fixture.state).toBe('success');
    expect(fixture.rows.instance.endedAt).toBe(fixture.now);
  });

  test('a predecessor that was never started does not count as finished', () => {
    const fixture = createRunFixture([
      { name: 'a' },
      { name: 'b', dependsOn: ['a'] },
      { name: 'c' },
      { name: 'd', dependsOn: ['b', 'c'] },
    ]);
    fixture.start();
    fixture.does('c');
    expect(fixture.statesOf()).toEqual({ a: 'submitted', c: 'success' });
  });

  test('with strategy "continue" lets independent branches end and then fails', () => {
    const fixture = createRunFixture(DIAMOND);
    fixture.start();
    fixture.does('a');
    fixture.does('b', 'failure');
    expect(fixture.state).toBe('running');
    fixture.does('c');
    expect(fixture.state).toBe('failure');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'failure', c: 'success' });
    expect(fixture.rows.instance.reason?.text).toContain('"b"');
  });

  test('with strategy "end" ends everything else and starts nothing', () => {
    const fixture = createRunFixture(
      [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'after', dependsOn: ['b'] }],
      { failureStrategy: 'end' },
    );
    fixture.start();
    fixture.place('b');
    fixture.started('b');
    fixture.does('a', 'failure');
    expect(fixture.statesOf()).toEqual({ a: 'failure', b: 'running', c: 'killed' });
    expect(fixture.effects).toContainEqual(
      expect.objectContaining({ type: 'SendKill', dispatchId: fixture.current('b').dispatchId }),
    );
    fixture.ended('b', 'success');
    expect(fixture.state).toBe('failure');
    expect(fixture.statesOf().after).toBeUndefined();
  });

  test('that failed names what failed before what was killed because of it', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'broken'];
    const fixture = createRunFixture(
      names.map((name) => ({ name })),
      { failureStrategy: 'end' },
    );
    fixture.start();
    fixture.does('broken', 'failure');
    expect(fixture.rows.instance.reason).toMatchObject({
      text: '"broken" failed. "a", "b", "c", "d", "e" and 2 more were killed.',
      evidence: { failedTasks: 1, killedTasks: 7 },
    });
  });

  test('passes over disabled tasks as if they had succeeded, with no task instance', () => {
    const fixture = createRunFixture([
      { name: 'off', enabled: false },
      { name: 'b', dependsOn: ['off'] },
      { name: 'off too', enabled: false, dependsOn: ['b'] },
    ]);
    fixture.start();
    expect(fixture.statesOf()).toEqual({ b: 'submitted' });
    fixture.does('b');
    expect(fixture.state).toBe('success');
  });

  test('of disabled tasks only succeeds at once', () => {
    const fixture = createRunFixture([{ name: 'off', enabled: false }]);
    fixture.start();
    expect(fixture.state).toBe('success');
  });

  test('as a dry run walks the whole graph and executes nothing', () => {
    const fixture = createRunFixture(DIAMOND, { instance: { dryRun: true } });
    fixture.start();
    expect(fixture.state).toBe('success');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'success', c: 'success', d: 'success' });
    expect(fixture.effects).toEqual([{ type: 'ReleaseTurn' }]);
  });

  test('narrowed to a scope, starts tasks whose predecessors are outside of it', () => {
    const fixture = createRunFixture(DIAMOND, { instance: { startTasks: ['b'], scope: 'downstream' } });
    fixture.start();
    fixture.does('b');
    fixture.does('d');
    expect(fixture.state).toBe('success');
    expect(Object.keys(fixture.statesOf()).sort()).toEqual(['b', 'd']);
  });

  test('of many tasks side by side begins with the first 500 in its first commit', () => {
    const tasks = Array.from({ length: 1_200 }, (_, i) => ({ name: `t${i}` }));
    const fixture = createRunFixture(tasks, { startsMore: false });
    fixture.start();
    expect(fixture.rows.tasks.size).toBe(500);
    expect(fixture.effects).toContainEqual({ type: 'StartMore' });
    for (let i = 0; i < 500; i++) fixture.does(`t${i}`);
    expect(fixture.state).toBe('running');
    fixture.restart();
    expect(fixture.rows.tasks.size).toBe(1_000);
    fixture.pause();
    fixture.send({ type: 'MoreToStart' });
    expect(fixture.statesOf()).toMatchObject({ t999: 'paused', t1199: 'paused' });
    expect(fixture.state).toBe('paused');
    const stopped = createRunFixture(tasks, { startsMore: false });
    stopped.start();
    stopped.stop();
    stopped.send({ type: 'MoreToStart' });
    expect(stopped.state).toBe('stopped');
    expect(stopped.rows.tasks.size).toBe(500);
  });

  test('of 10,000 tasks in a row, or side by side, needs no stack', () => {
    const row = Array.from({ length: 10_000 }, (_, i) => ({ name: `t${i}`, dependsOn: i === 0 ? [] : [`t${i - 1}`] }));
    const inARow = createRunFixture(row, { instance: { dryRun: true } });
    inARow.start();
    expect(inARow.state).toBe('success');
    const wide = createRunFixture(
      row.map(({ name }) => ({ name })),
      { failureStrategy: 'end' },
    );
    wide.start();
    wide.does('t5', 'failure');
    expect(wide.state).toBe('failure');
  });
});

describe('a retry', () => {
  test('is a new task instance, counted from the end of the failed one', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryTwice }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.advance(500);
    fixture.ended('a', 'failure');
    const retry = fixture.current('a');
    expect(retry).toMatchObject({
      state: 'delayed',
      attempt: 2,
      retryTimes: 1,
      dueAt: fixture.now + 1_000,
      dispatchId: null,
    });
    expect(retry.reason).toMatchObject({ code: 'waiting_for_retry', nextAt: fixture.now + 1_000 });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 1_000 }));
    fixture.advance(1_000);
    fixture.send({ type: 'TaskDue', taskInstanceId: retry.id });
    expect(fixture.current('a').state).toBe('submitted');
    fixture.does('a');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'success']);
    expect(fixture.state).toBe('success');
  });

  test('budget is used up once', () => {
    const fixture = createRunFixture([{ name: 'a', retry: { ...retryTwice, intervalMs: 0 } }]);
    fixture.start();
    for (let i = 0; i < 3; i++) fixture.does('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'failure', 'failure']);
    expect(fixture.state).toBe('failure');
  });

  test('grows exponentially up to its bound, and chance takes at most half', () => {
    const fixture = createRunFixture([
      { name: 'a', retry: { times: 9, intervalMs: 1_000, backoff: 'exponential', maxIntervalMs: 4_000 } },
    ]);
    fixture.start();
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      fixture.does('a', 'failure');
      const { dueAt, id } = fixture.current('a');
      waits.push(dueAt! - fixture.now);
      fixture.advance(dueAt! - fixture.now);
      fixture.send({ type: 'TaskDue', taskInstanceId: id });
    }
    [1_000, 2_000, 4_000, 4_000, 4_000].forEach((full, i) => {
      expect(waits[i]).toBeGreaterThanOrEqual(full / 2);
      expect(waits[i]).toBeLessThanOrEqual(full);
    });
  });

  test('does not follow a failure in a run that is being stopped', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryTwice }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.stop();
    fixture.ended('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure']);
    expect(fixture.state).toBe('stopped');
  });
});

describe('stop', () => {
  test('is terminal from every state of a task', () => {
    const fixture = createRunFixture([
      { name: 'queued' },
      { name: 'delayed', delayMs: 60_000 },
      { name: 'sent' },
      { name: 'running' },
      { name: 'retrying', retry: retryTwice },
      { name: 'later', dependsOn: ['queued'] },
    ]);
    fixture.start();
    fixture.place('sent');
    fixture.place('running');
    fixture.started('running');
    fixture.does('retrying', 'failure');
    fixture.stop('ada');
    expect(fixture.state).toBe('ready_stop');
    expect(fixture.statesOf()).toEqual({
      queued: 'killed',
      delayed: 'killed',
      sent: 'dispatched',
      running: 'running',
      retrying: 'killed',
    });
    expect([...fixture.rows.outbox.keys()].sort()).toEqual(
      [fixture.of('sent').dispatchId, fixture.of('running').dispatchId].sort(),
    );
    fixture.ended('running', 'killed');
    fixture.ended('sent', 'killed');
    expect(fixture.state).toBe('stopped');
    expect(fixture.rows.instance.reason?.text).toContain('ada');
    expect(fixture.rows.outbox.size).toBe(0);
  });

  test('before the start ends the run, and the start then does nothing', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.stop();
    expect(fixture.state).toBe('stopped');
    const command = fixture.start();
    expect(fixture.state).toBe('stopped');
    expect(fixture.rows.commands.get(command)).toContain('nothing to do');
    expect(fixture.rows.tasks.size).toBe(0);
  });

  test('ends a task of a lost worker as killed, with the evidence', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.stop();
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'no heartbeat' });
    expect(fixture.attemptsOf('a')).toEqual(['killed']);
    expect(fixture.current('a').reason?.text).toContain('no heartbeat');
    expect(fixture.state).toBe('stopped');
  });

  test('of a run that has ended is refused with the state', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.does('a');
    const command = fixture.stop();
    expect(fixture.rows.commands.get(command)).toBe('rejected: the run is success: it has ended');
    expect(fixture.state).toBe('success');
  });
});

describe('rerun', () => {
  test('makes everything anew and keeps the old task instances visible', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }]);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.rerun();
    expect(fixture.rows.instance).toMatchObject({ state: 'running', runCounter: 2, endedAt: null });
    fixture.does('a');
    fixture.does('b');
    expect(fixture.state).toBe('success');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'success']);
    expect(
      [...fixture.rows.tasks.values()]
        .filter((row) => row.name === 'a')
        .map((row) => [row.attempt, row.runCounter, row.current]),
    ).toEqual([
      [1, 1, false],
      [2, 2, true],
    ]);
  });

  test('of a running run is refused', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    expect(fixture.rows.commands.get(fixture.rerun())).toContain('rejected: the run is running');
  });
});

describe('a dispatch', () => {
  test('is sent only by the transition that writes it down', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const dispatchId = fixture.place('a');
    expect(fixture.current('a')).toMatchObject({ state: 'dispatched', dispatchId, workerName: 'w1', dispatchEpoch: 1 });
    expect(fixture.effects).toEqual([expect.objectContaining({ type: 'SendDispatch', dispatchId })]);
  });

  test('placed twice gives the second slot back', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const first = fixture.place('a');
    const second = fixture.place('a', 'w2');
    expect(fixture.current('a').dispatchId).toBe(first);
    expect(fixture.intents).toContainEqual({ type: 'ReleaseDispatch', dispatchId: second, workerId: 'w2' });
  });

  test('told twice keeps its slot', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const dispatchId = fixture.place('a');
    const { id: taskInstanceId } = fixture.current('a');
    const again = { dispatchId, workerId: 'w1' as WorkerId, workerName: 'w1', epoch: 1 };
    expect(fixture.send({ type: 'TaskPlaced', taskInstanceId, ...again }).intents).toEqual([]);
  });

  test('that is refused goes back to the queue with the reason, and its late result changes nothing', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const first = fixture.place('a');
    const { taskInstanceId } = fixture.of('a');
    fixture.send({ type: 'DispatchReturned', taskInstanceId, dispatchId: first, cause: 'refused', text: 'no slot' });
    expect(fixture.current('a')).toMatchObject({ state: 'submitted', dispatchId: null, workerId: null });
    fixture.place('a', 'w2');
    const verdict = fixture.send({
      type: 'TaskEnded',
      taskInstanceId,
      dispatchId: first,
      report: fixture.report('success'),
    });
    expect(verdict.verdict).toBe('ignored');
    expect(verdict.effects).toEqual([{ type: 'AckResult', dispatchId: first }]);
    expect(fixture.current('a').state).toBe('dispatched');
  });

  test('lost with its worker is made anew elsewhere, up to the limit', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryTwice }], { settings: { maxFailovers: 1 } });
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'gone' });
    expect(fixture.attemptsOf('a')).toEqual(['need_fault_tolerance', 'submitted']);
    expect(fixture.current('a')).toMatchObject({ failovers: 1, retryTimes: 0, attempt: 2 });
    fixture.place('a', 'w2');
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'gone too' });
    expect(fixture.attemptsOf('a')).toEqual(['need_fault_tolerance', 'failure']);
    expect(fixture.current('a').reason?.text).toContain('gone too');
    expect(fixture.state).toBe('failure');
  });

  test('whose result comes before its start is applied once, and told again is acknowledged again', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    const dispatchId = fixture.place('a');
    const { taskInstanceId } = fixture.of('a');
    fixture.ended('a', 'success', { outputs: { rows: '3' } });
    expect(fixture.current('a')).toMatchObject({ state: 'success', outputs: { rows: '3' } });
    fixture.started('a');
    const again = fixture.send({ type: 'TaskEnded', taskInstanceId, dispatchId, report: fixture.report('failure') });
    expect(fixture.current('a').state).toBe('success');
    expect(again.effects).toEqual([{ type: 'AckResult', dispatchId }]);
  });
});

describe('a timeout', () => {
  const tenSeconds = (strategy: 'warn' | 'fail' | 'warn_and_fail') => ({
    afterMs: 10_000,
    strategy,
    from: 'start' as const,
  });

  test('with "warn" is recorded and ends nothing', () => {
    const fixture = createRunFixture([{ name: 'a', timeout: tenSeconds('warn') }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    expect(fixture.rows.events.at(-1)).toMatchObject({ type: 'task_instance.warning', data: { code: 'timeout' } });
    expect(fixture.current('a')).toMatchObject({ state: 'running', killRequestedAt: null });
  });

  test('with "fail" is the worker’s to keep; the server ends it a margin later, and it counts as a failure with its retries', () => {
    const fixture = createRunFixture([{ name: 'a', timeout: tenSeconds('fail'), retry: retryTwice }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 12_000 }));
    fixture.advance(12_000);
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    expect(fixture.effects.at(-1)).toMatchObject({ type: 'SendKill' });
    fixture.ended('a', 'killed');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'delayed']);
  });

  test('of the run ends it as failed', () => {
    const fixture = createRunFixture([{ name: 'a' }], { definition: { timeout: tenSeconds('fail') } });
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.advance(10_000);
    fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
    expect(fixture.state).toBe('ready_stop');
    fixture.ended('a', 'killed');
    expect(fixture.state).toBe('failure');
    expect(fixture.rows.instance.reason?.code).toBe('workflow_timeout');
  });

  test('of an earlier run of the same instance is of no effect', () => {
    const fixture = createRunFixture([{ name: 'a' }], { definition: { timeout: tenSeconds('fail') } });
    fixture.start();
    fixture.does('a');
    fixture.rerun();
    fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
    expect(fixture.state).toBe('running');
  });
});

describe('kill of one task', () => {
  test('ends it for good, from the queue and from a worker', () => {
    const fixture = createRunFixture([
      { name: 'a', retry: retryTwice },
      { name: 'b', retry: retryTwice },
    ]);
    fixture.start();
    fixture.kill('a');
    fixture.place('b');
    fixture.started('b');
    fixture.kill('b');
    fixture.ended('b', 'killed');
    expect(fixture.statesOf()).toEqual({ a: 'killed', b: 'killed' });
    expect(fixture.state).toBe('failure');
  });
});

describe('after a crash', () => {
  test('the run goes on from its rows: queue, timers, kill orders; what workers hold is left alone', () => {
    const fixture = createRunFixture([
      { name: 'queued' },
      { name: 'delayed', delayMs: 5_000 },
      { name: 'running', timeout: { afterMs: 60_000, strategy: 'fail', from: 'start' } },
      { name: 'killed' },
    ]);
    fixture.start();
    fixture.place('running');
    fixture.started('running');
    fixture.place('killed');
    fixture.kill('killed');
    const delayed = fixture.current('delayed');
    fixture.restart();
    expect(fixture.intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId: fixture.current('queued').id });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: delayed.dueAt }));
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 62_000 }));
    expect(fixture.effects).toEqual([
      expect.objectContaining({ type: 'SendKill', dispatchId: fixture.of('killed').dispatchId }),
    ]);
    expect(fixture.statesOf()).toEqual({
      queued: 'submitted',
      delayed: 'delayed',
      running: 'running',
      killed: 'dispatched',
    });
  });
});

describe('parameters', () => {
  test('reach a task from the start, the definition, the tasks before it and itself, in that order of weight', () => {
    const fixture = createRunFixture(
      [
        { name: 'a' },
        { name: 'b', dependsOn: ['a'], params: [{ name: 'local', type: 'string', value: '${rows} rows on ${day}' }] },
        { name: 'c', dependsOn: ['b'] },
      ],
      {
        definition: {
          params: [
            { name: 'day', type: 'string', value: '$[yyyy-MM-dd]' },
            { name: 'rows', type: 'integer', value: '0' },
          ],
        },
        instance: { params: { who: 'ada' }, businessTime: Date.UTC(2024, 1, 29) },
      },
    );
    fixture.start();
    fixture.does('a', 'success', { outputs: { rows: '12' } });
    fixture.does('b');
    expect(fixture.current('b').inputs).toEqual({ day: '2024-02-29', who: 'ada', local: '12 rows on 2024-02-29' });
    expect(fixture.inputs('b')).toMatchObject({ rows: '12', local: '12 rows on 2024-02-29' });
    fixture.place('c');
    expect(fixture.inputs('c')).toMatchObject({ rows: '12' });
  });

  test('of the same name from parallel tasks: the one that ended last wins, also after a restart', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'b' }, { name: 'c', dependsOn: ['a', 'b'] }]);
    fixture.start();
    fixture.place('a');
    fixture.place('b');
    fixture.advance(10);
    fixture.ended('b', 'success', { outputs: { x: 'from b' } });
    fixture.ended('a', 'success', { outputs: { x: 'from a' }, endedAt: fixture.now - 5 });
    fixture.restart();
    fixture.place('c');
    expect(fixture.inputs('c')).toMatchObject({ x: 'from b' });
  });

  test('that cannot be resolved stay as written and are recorded', () => {
    const fixture = createRunFixture([{ name: 'a', params: [{ name: 'x', type: 'string', value: '${nobody}' }] }]);
    fixture.start();
    fixture.place('a');
    expect(fixture.current('a').inputs).toEqual({ x: '${nobody}' });
    expect(fixture.rows.events).toContainEqual(expect.objectContaining({ type: 'task_instance.warning' }));
  });
});

describe('a worker’s word', () => {
  test('about time counts only as far as it can be true', () => {
    const fixture = createRunFixture([
      { name: 'a', timeout: { afterMs: 60_000, strategy: 'fail', from: 'start' }, retry: retryTwice },
    ]);
    fixture.start();
    fixture.place('a');
    fixture.send({ type: 'TaskStarted', ...fixture.of('a'), at: fixture.now - 300_000, processId: 1 });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt: fixture.now + 62_000 }));
    fixture.ended('a', 'failure', { endedAt: fixture.now + 3_600_000 });
    expect(fixture.current('a').dueAt).toBe(fixture.now + 1_000);
  });

  test('that it gives back at once what it is sent is believed, and not tried at full speed', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.ended('a', 'interrupted', { error: 'the worker is stopping' });
    expect(fixture.current('a')).toMatchObject({ state: 'delayed', failovers: 0, dueAt: fixture.now + 1_000 });
  });

  test('that it was told to stop makes a new attempt that does not count as a failover', () => {
    const fixture = createRunFixture([{ name: 'a' }], { settings: { maxFailovers: 0 } });
    fixture.start();
    fixture.place('a');
    fixture.advance(5_000);
    fixture.ended('a', 'interrupted', { error: 'the worker is stopping' });
    expect(fixture.attemptsOf('a')).toEqual(['need_fault_tolerance', 'submitted']);
    expect(fixture.current('a')).toMatchObject({ failovers: 0 });
    fixture.place('a');
    fixture.ended('a', 'lost');
    expect(fixture.state).toBe('failure');
  });
});

describe('an order to end a task', () => {
  test('that the worker never answers is repeated, and then the task is taken from it', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    const { taskInstanceId, dispatchId } = fixture.of('a');
    fixture.stop();
    const timer = fixture.intents.findLast((intent) => intent.type === 'SetTimer');
    expect(timer).toMatchObject({ dueAt: fixture.now + 30_000, event: { type: 'KillUnanswered', tries: 1 } });
    fixture.effects.length = 0;
    fixture.send({ type: 'KillUnanswered', taskInstanceId, dispatchId, tries: 1 });
    expect(fixture.effects).toEqual([expect.objectContaining({ type: 'SendKill', dispatchId })]);
    fixture.send({ type: 'KillUnanswered', taskInstanceId, dispatchId, tries: 2 });
    expect(fixture.state).toBe('stopped');
    expect(fixture.current('a')).toMatchObject({ state: 'killed', reason: { text: expect.stringContaining('w1') } });
    expect(fixture.intents).toContainEqual({ type: 'ReleaseDispatch', dispatchId, workerId: 'w1' });
  });

  test('by a person outweighs one by a timeout that is on its way', () => {
    const fixture = createRunFixture([
      { name: 'a', timeout: { afterMs: 1_000, strategy: 'fail', from: 'start' }, retry: retryTwice },
    ]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    fixture.kill('a');
    fixture.restart();
    fixture.ended('a', 'killed');
    expect(fixture.attemptsOf('a')).toEqual(['killed']);
  });

  test('is looked after again by a new leader', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.kill('a');
    fixture.restart();
    expect(fixture.intents).toContainEqual(
      expect.objectContaining({ type: 'SetTimer', event: expect.objectContaining({ type: 'KillUnanswered' }) }),
    );
  });
});

test('roots start in the order of the definition', () => {
  const fixture = createRunFixture([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  fixture.start();
  const names = fixture.intents.flatMap((intent) =>
    intent.type === 'EnqueueTask' ? [fixture.rows.tasks.get(intent.taskInstanceId)!.name] : [],
  );
  expect(names).toEqual(['a', 'b', 'c']);
});

test('a run that was stopped before its start takes its number when it is run again', () => {
  const fixture = createRunFixture([{ name: 'a' }]);
  fixture.stop();
  fixture.rerun();
  expect(fixture.numbersAsked).toBe(1);
});

test('a queued task says whether a worker could take it, as that changes', () => {
  const fixture = createRunFixture([{ name: 'a' }]);
  fixture.start();
  const { id: taskInstanceId } = fixture.current('a');
  fixture.send({ type: 'TaskPlaceable', taskInstanceId, worker: false, text: 'nobody' });
  expect(fixture.current('a').reason).toMatchObject({ code: 'waiting_for_worker', text: 'nobody' });
  fixture.send({ type: 'TaskPlaceable', taskInstanceId, worker: true, text: '' });
  expect(fixture.current('a').reason).toMatchObject({ code: 'queued' });
});
