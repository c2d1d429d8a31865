import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';

const retryOnce = { times: 1, intervalMs: 10_000, backoff: 'fixed', maxIntervalMs: 0 } as const;
const CHAIN = [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'c', dependsOn: ['b'] }];

describe('pause', () => {
  test('lets what runs go on to its end, and what would start rests as the same task instance until the resume', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'queued' }, { name: 'b', dependsOn: ['a'] }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    fixture.pause();
    expect(fixture.state).toBe('ready_pause');
    expect(fixture.statesOf()).toEqual({ a: 'running', queued: 'paused' });
    expect(fixture.intents).toContainEqual({ type: 'DequeueTask', taskInstanceId: fixture.current('queued').id });
    fixture.ended('a');
    expect(fixture.state).toBe('paused');
    expect(fixture.statesOf()).toEqual({ a: 'success', queued: 'paused', b: 'paused' });
    const before = fixture.current('b').id;
    fixture.resume();
    expect(fixture.state).toBe('running');
    expect(fixture.rows.instance.runCounter).toBe(2);
    expect(fixture.current('b')).toMatchObject({ id: before, state: 'submitted', attempt: 1 });
    fixture.does('b');
    fixture.does('queued');
    expect(fixture.state).toBe('success');
  });

  test('with nothing left to pause ends the run as it would have ended', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.pause();
    fixture.ended('a');
    expect(fixture.state).toBe('success');
  });

  test('acts while a retry or a delay is waited for, and the rest of the wait follows the resume', () => {
    const fixture = createRunFixture([
      { name: 'a', retry: retryOnce },
      { name: 'later', delayMs: 60_000 },
    ]);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.pause();
    expect(fixture.state).toBe('paused');
    fixture.advance(4_000);
    fixture.resume();
    expect(fixture.current('a')).toMatchObject({ state: 'delayed', attempt: 2, dueAt: fixture.now + 6_000 });
    expect(fixture.current('later')).toMatchObject({ state: 'delayed', attempt: 1 });
  });

  test('makes the retry of a task that fails meanwhile rest, and survives a crash at any point', () => {
    const fixture = createRunFixture([{ name: 'a', retry: retryOnce }]);
    fixture.start();
    fixture.place('a');
    fixture.pause();
    fixture.restart();
    fixture.ended('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'paused']);
    expect(fixture.state).toBe('paused');
    fixture.restart();
    fixture.advance(20_000);
    fixture.resume();
    expect(fixture.current('a')).toMatchObject({ state: 'submitted', retryTimes: 1 });
  });

  test('of a run that waits for its turn rests it; the resume asks for the turn again', () => {
    const fixture = createRunFixture([{ name: 'a' }], { grantsTurns: false });
    fixture.start();
    fixture.send({
      type: 'TurnDelayed',
      serial: true,
      code: 'waiting_for_run',
      text: 'Run #1 goes first.',
      evidence: {},
    });
    fixture.pause();
    expect(fixture.rows.instance).toMatchObject({ state: 'paused', queuedAt: null });
    expect(fixture.effects).toContainEqual({ type: 'ReleaseTurn' });
    fixture.grant(0);
    expect(fixture.state).toBe('paused');
    fixture.restart();
    fixture.resume();
    expect(fixture.intents).toContainEqual({ type: 'RequestTurn' });
    fixture.grant(0);
    expect(fixture.statesOf()).toEqual({ a: 'submitted' });
  });

  test('of a recovered run that waits for its turn says so on its tasks too', () => {
    const fixture = createRunFixture([{ name: 'a' }], { grantsTurns: false });
    fixture.start();
    fixture.grant(0);
    fixture.does('a', 'failure');
    fixture.recover();
    expect(fixture.current('a').reason?.code).toBe('waiting_for_turn');
    fixture.pause();
    expect(fixture.current('a')).toMatchObject({ state: 'paused', reason: { code: 'paused' } });
    fixture.recover();
    expect(fixture.rows.instance).toMatchObject({ state: 'submitted', runCounter: 3 });
    fixture.grant(0);
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'submitted']);
  });

  test('before the start command is taken holds the run until it is resumed', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.pause();
    fixture.start();
    expect(fixture.state).toBe('paused');
    fixture.resume();
    expect(fixture.state).toBe('running');
    expect(fixture.numbersAsked).toBe(1);
  });

  test('is refused to a run that has ended, and ignored by one that pauses already', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.place('a');
    fixture.pause();
    expect(fixture.outcome(fixture.pause())).toContain('nothing to do');
    fixture.ended('a');
    expect(fixture.outcome(fixture.pause())).toContain('rejected: the run is success');
  });
});

describe('stop', () => {
  test('ends tasks in every state: queued, delayed, waiting for a retry or a slot, and paused ones of a pausing run', () => {
    const fixture = createRunFixture([
      { name: 'queued' },
      { name: 'delayed', delayMs: 1_000 },
      { name: 'retrying', retry: retryOnce },
      { name: 'grouped', taskGroup: { name: 'g', priority: 0 } },
      { name: 'running' },
    ]);
    fixture.start();
    fixture.does('retrying', 'failure');
    fixture.place('running');
    fixture.stop();
    expect(fixture.statesOf()).toEqual({
      queued: 'killed',
      delayed: 'killed',
      retrying: 'killed',
      grouped: 'killed',
      running: 'dispatched',
    });
    fixture.ended('running', 'killed');
    expect(fixture.state).toBe('stopped');
    expect(fixture.effects).toContainEqual({ type: 'ReleaseTurn' });
  });

  test('before the start command is taken leaves a run that gets its number when it goes on after all', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.stop();
    fixture.start();
    expect(fixture.state).toBe('stopped');
    expect(fixture.numbersAsked).toBe(0);
    fixture.resume();
    expect(fixture.state).toBe('running');
    expect(fixture.numbersAsked).toBe(1);
  });

  test('is allowed while pausing and when paused', () => {
    const pausing = createRunFixture([{ name: 'a' }, { name: 'b' }]);
    pausing.start();
    pausing.place('a');
    pausing.pause();
    pausing.stop();
    expect(pausing.state).toBe('ready_stop');
    expect(pausing.statesOf()).toEqual({ a: 'dispatched', b: 'killed' });
    const paused = createRunFixture([{ name: 'a' }]);
    paused.start();
    paused.pause();
    expect(paused.state).toBe('paused');
    paused.stop();
    expect(paused.state).toBe('stopped');
    expect(paused.statesOf()).toEqual({ a: 'killed' });
  });

  test('of a run that waits for its turn ends it without a trace of work', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    expect(fixture.rows.instance).toMatchObject({ state: 'submitted', queuedAt: fixture.now });
    fixture.send({
      type: 'TurnDelayed',
      serial: true,
      code: 'waiting_for_run',
      text: 'Run #1 goes first.',
      evidence: {},
    });
    expect(fixture.state).toBe('serial_wait');
    fixture.stop();
    expect(fixture.state).toBe('stopped');
    expect(fixture.rows.instance.queuedAt).toBeNull();
    expect(fixture.rows.tasks.size).toBe(0);
  });
});

describe('resume of a stopped run', () => {
  test('makes killed tasks anew and keeps the rest; the old instances stay visible', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.does('a');
    fixture.stop();
    expect(fixture.state).toBe('stopped');
    fixture.resume();
    expect(fixture.attemptsOf('a')).toEqual(['success']);
    expect(fixture.attemptsOf('b')).toEqual(['killed', 'submitted']);
    expect(fixture.current('b')).toMatchObject({ attempt: 2, retryTimes: 0, runCounter: 2 });
    fixture.does('b');
    fixture.does('c');
    expect(fixture.state).toBe('success');
  });
});

describe('recover-failed', () => {
  test('makes failed tasks and what follows anew with a fresh retry budget, keeps successes', () => {
    const fixture = createRunFixture([
      { name: 'ok' },
      { name: 'bad', retry: { ...retryOnce, intervalMs: 0 } },
      { name: 'after', dependsOn: ['bad'] },
    ]);
    fixture.start();
    fixture.does('ok');
    fixture.does('bad', 'failure');
    fixture.does('bad', 'failure');
    expect(fixture.state).toBe('failure');
    const command = fixture.recover();
    expect(fixture.outcome(command)).toBe('done');
    expect(fixture.current('bad')).toMatchObject({ state: 'submitted', attempt: 3, retryTimes: 0 });
    expect(fixture.attemptsOf('ok')).toEqual(['success']);
    fixture.does('bad');
    fixture.does('after');
    expect(fixture.state).toBe('success');
  });

  test('waits for its turn as anything else does, also over a crash', () => {
    const fixture = createRunFixture([{ name: 'a' }], { grantsTurns: false });
    fixture.start();
    fixture.grant(0);
    fixture.does('a', 'failure');
    fixture.recover();
    expect(fixture.state).toBe('submitted');
    expect(fixture.statesOf()).toEqual({ a: 'paused' });
    fixture.restart();
    expect(fixture.intents).toContainEqual({ type: 'RequestTurn' });
    fixture.grant(0);
    expect(fixture.statesOf()).toEqual({ a: 'submitted' });
  });

  test('is refused to a run that succeeded', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    fixture.does('a');
    expect(fixture.outcome(fixture.recover())).toContain('none of its tasks has failed');
  });
});

describe('rerun-from', () => {
  test('does the named tasks and everything after them anew, with edited parameters', () => {
    const fixture = createRunFixture(CHAIN, { instance: { params: { x: '1', y: '2' } } });
    fixture.start();
    for (const name of ['a', 'b', 'c']) fixture.does(name);
    fixture.rerunFrom(['b'], { x: '9' });
    expect(fixture.rows.instance.params).toEqual({ x: '9', y: '2' });
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'submitted' });
    expect(fixture.current('b').attempt).toBe(2);
    fixture.restart();
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'submitted' });
    fixture.does('b');
    fixture.does('c');
    expect(fixture.state).toBe('success');
    expect(fixture.attemptsOf('c')).toEqual(['success', 'success']);
  });

  test('names a task that the run does not have', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.stop();
    expect(fixture.outcome(fixture.rerunFrom(['nope']))).toContain('no task named "nope"');
    expect(fixture.state).toBe('stopped');
  });
});

describe('force-success', () => {
  test('of what failed the run lets it go on behind the task', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.does('a');
    fixture.does('b', 'failure');
    expect(fixture.state).toBe('failure');
    fixture.forceSuccess('b');
    expect(fixture.state).toBe('running');
    expect(fixture.statesOf()).toEqual({ a: 'success', b: 'forced_success', c: 'submitted' });
    fixture.does('c');
    expect(fixture.state).toBe('success');
  });

  test('of the last task ends the run as a success; with another one broken it stays failed', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'b' }]);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.does('b', 'failure');
    fixture.forceSuccess('a');
    expect(fixture.state).toBe('failure');
    fixture.forceSuccess('b');
    expect(fixture.state).toBe('success');
    expect(fixture.rows.instance.reason?.text).toContain('somebody');
  });

  test('while the run goes on frees what waited for the task', () => {
    const fixture = createRunFixture([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'busy' }]);
    fixture.start();
    fixture.does('a', 'failure');
    expect(fixture.state).toBe('running');
    fixture.forceSuccess('a');
    expect(fixture.statesOf()).toEqual({ a: 'forced_success', b: 'submitted', busy: 'submitted' });
    expect(fixture.restart().intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId: fixture.current('b').id });
  });

  test('is refused to a task that has not failed', () => {
    const fixture = createRunFixture([{ name: 'a' }]);
    fixture.start();
    expect(fixture.outcome(fixture.forceSuccess('a'))).toContain('it has not failed');
    fixture.does('a');
    expect(fixture.outcome(fixture.forceSuccess('a'))).toContain('it has not failed');
    expect(fixture.statesOf()).toEqual({ a: 'success' });
  });
});

describe('the gate', () => {
  test('denies a run, which then ends without having run', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    fixture.send({ type: 'TurnDenied', code: 'discarded', text: 'Run #1 is still running.', evidence: { run: 1 } });
    expect(fixture.rows.instance).toMatchObject({ state: 'stopped', reason: { code: 'discarded' } });
  });

  test('that answers after the run was stopped gets its place back', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    fixture.stop();
    fixture.intents.length = 0;
    fixture.grant(0);
    expect(fixture.state).toBe('stopped');
    expect(fixture.effects).toContainEqual({ type: 'ReleaseTurn' });
  });

  test('that answers what was asked before a stop and a resume is not heard', () => {
    const fixture = createRunFixture(CHAIN, { grantsTurns: false });
    fixture.start();
    fixture.stop();
    fixture.resume();
    fixture.send({ type: 'TurnGranted', slot: 0, runCounter: 1 });
    expect(fixture.state).toBe('submitted');
    fixture.send({ type: 'TurnGranted', slot: 1, runCounter: 2 });
    expect(fixture.rows.instance).toMatchObject({ state: 'running', executionSlot: 1 });
  });

  test('lets a newer run take the place of this one', () => {
    const fixture = createRunFixture(CHAIN);
    fixture.start();
    fixture.send({ type: 'RunDisplaced', text: 'Run #2 takes its place.', evidence: {} });
    expect(fixture.rows.instance).toMatchObject({ state: 'stopped', reason: { code: 'displaced' } });
  });
});

describe('a task group', () => {
  const grouped = [{ name: 'a', taskGroup: { name: 'db', priority: 7 } }];

  test('gives a slot before the task is queued; it is released when the task ends', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    const { id: taskInstanceId } = fixture.current('a');
    expect(fixture.current('a')).toMatchObject({ groupPriority: 7, reason: { code: 'waiting_for_task_group' } });
    expect(fixture.intents).toContainEqual({ type: 'RequestSlot', taskInstanceId });
    expect(fixture.intents).not.toContainEqual({ type: 'EnqueueTask', taskInstanceId });
    fixture.send({ type: 'SlotGranted', taskInstanceId, slot: 3 });
    expect(fixture.current('a').groupSlot).toBe(3);
    expect(fixture.intents).toContainEqual({ type: 'EnqueueTask', taskInstanceId });
    fixture.does('a');
    expect(fixture.effects).toContainEqual({ type: 'ReleaseSlot', taskInstanceId });
  });

  test('lets no worker have a task that waits for a slot', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    const dispatchId = fixture.place('a');
    expect(fixture.current('a').state).toBe('submitted');
    expect(fixture.intents).toContainEqual({ type: 'ReleaseDispatch', dispatchId, workerId: 'w1' });
  });

  test('is left out by a forced start', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    fixture.forceStart('a');
    expect(fixture.current('a')).toMatchObject({ groupForced: true, groupSlot: null, reason: { code: 'queued' } });
    expect(fixture.outcome(fixture.forceStart('a'))).toContain('rejected');
  });

  test('that grants a slot just when somebody forced the start gets it back', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    fixture.forceStart('a');
    const { id: taskInstanceId } = fixture.current('a');
    const { effects } = fixture.send({ type: 'SlotGranted', taskInstanceId, slot: 0 });
    expect(fixture.current('a').groupSlot).toBeNull();
    expect(effects).toEqual([{ type: 'ReleaseSlot', taskInstanceId }]);
  });

  test('stays left out when the forced attempt is lost with its worker', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    fixture.forceStart('a');
    fixture.place('a');
    fixture.send({ type: 'WorkerLost', ...fixture.of('a'), text: 'gone' });
    expect(fixture.current('a')).toMatchObject({ attempt: 2, state: 'submitted', groupForced: true });
  });

  test('loses the slot of a paused task, which asks again when it goes on', () => {
    const fixture = createRunFixture(grouped);
    fixture.start();
    const { id: taskInstanceId } = fixture.current('a');
    fixture.send({ type: 'SlotGranted', taskInstanceId, slot: 0 });
    fixture.pause();
    expect(fixture.current('a')).toMatchObject({ state: 'paused', groupSlot: null });
    fixture.intents.length = 0;
    fixture.resume();
    expect(fixture.intents).toContainEqual({ type: 'RequestSlot', taskInstanceId });
  });
});

describe('timeouts', () => {
  test('from the first submission count waiting and retries in, and allow no further retry', () => {
    const timeout = { afterMs: 30_000, strategy: 'fail', from: 'first_submit' } as const;
    const fixture = createRunFixture([{ name: 'a', timeout, retry: retryOnce }]);
    fixture.start();
    const { id: taskInstanceId } = fixture.current('a');
    const dueAt = fixture.now + 30_000;
    expect(fixture.intents).toContainEqual(
      expect.objectContaining({ type: 'SetTimer', dueAt, event: { type: 'TaskTimedOut', taskInstanceId } }),
    );
    fixture.advance(30_000);
    fixture.send({ type: 'TaskTimedOut', taskInstanceId });
    expect(fixture.attemptsOf('a')).toEqual(['failure']);
    expect(fixture.state).toBe('failure');
  });

  test('count as failures too when the worker gives the task back, or is lost, before it has ended it', () => {
    const timeout = { afterMs: 5_000, strategy: 'fail', from: 'first_submit' } as const;
    const returned = createRunFixture([{ name: 'a', timeout }]);
    returned.start();
    returned.place('a');
    returned.advance(5_000);
    returned.send({ type: 'TaskTimedOut', taskInstanceId: returned.current('a').id });
    returned.send({ type: 'DispatchReturned', ...returned.of('a'), cause: 'refused', text: 'It is full.' });
    expect(returned.current('a')).toMatchObject({ state: 'failure', reason: { code: 'timeout' } });
    for (const state of ['lost', 'interrupted'] as const) {
      const lost = createRunFixture([{ name: 'a', timeout: { ...timeout, from: 'start' }, retry: retryOnce }]);
      lost.start();
      lost.place('a');
      lost.started('a');
      lost.advance(7_000);
      lost.send({ type: 'TaskTimedOut', taskInstanceId: lost.current('a').id });
      lost.ended('a', state);
      expect(lost.attemptsOf('a')).toEqual(['failure', 'delayed']);
    }
  });

  test('from the first submission that only warn allow retries, and warn once', () => {
    const timeout = { afterMs: 5_000, strategy: 'warn', from: 'first_submit' } as const;
    const fixture = createRunFixture([{ name: 'a', timeout, retry: { ...retryOnce, intervalMs: 0 } }]);
    fixture.start();
    fixture.advance(6_000);
    fixture.intents.length = 0;
    fixture.does('a', 'failure');
    expect(fixture.attemptsOf('a')).toEqual(['failure', 'submitted']);
    expect(fixture.intents.some(({ type }) => type === 'SetTimer')).toBe(false);
  });

  test('and delays of what is made anew count from the moment the run has its turn', () => {
    const timeout = { afterMs: 30_000, strategy: 'fail', from: 'first_submit' } as const;
    const fixture = createRunFixture([{ name: 'a', timeout, delayMs: 1_000 }], { grantsTurns: false });
    fixture.start();
    fixture.grant(0);
    fixture.stop();
    fixture.resume();
    fixture.advance(60_000);
    fixture.intents.length = 0;
    fixture.grant(0);
    expect(fixture.current('a')).toMatchObject({
      state: 'delayed',
      firstSubmittedAt: fixture.now,
      dueAt: fixture.now + 1_000,
    });
    expect(fixture.intents).toContainEqual(expect.objectContaining({ dueAt: fixture.now + 30_000 }));
  });

  test('of the workflow with "warn_and_fail" are recorded and end the run as failed, also while it pauses', () => {
    const fixture = createRunFixture([{ name: 'a' }], {
      definition: { timeout: { afterMs: 5_000, strategy: 'warn_and_fail', from: 'start' } },
    });
    fixture.start();
    fixture.place('a');
    fixture.pause();
    fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
    expect(fixture.state).toBe('ready_stop');
    fixture.ended('a', 'killed');
    expect(fixture.rows.instance).toMatchObject({ state: 'failure', reason: { code: 'workflow_timeout' } });
    expect(fixture.rows.events.some(({ type }) => type === 'workflow_instance.reason')).toBe(true);
  });
});

test('a warning that the workflow has passed its timeout is given once, whoever takes the run over', () => {
  const fixture = createRunFixture([{ name: 'a' }], {
    definition: { timeout: { afterMs: 5_000, strategy: 'warn', from: 'start' } },
  });
  fixture.start();
  fixture.place('a');
  fixture.pause();
  fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
  expect(fixture.rows.instance.reason).toMatchObject({
    code: 'workflow_timeout',
    next: expect.stringContaining('paused'),
  });
  fixture.restart();
  const before = fixture.rows.events.length;
  fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
  expect(fixture.rows.events).toHaveLength(before);
});

test('in strict mode a parameter that cannot be resolved fails its task before it is sent', () => {
  const params = [{ name: 'x', type: 'string', value: '${nobody}' }] as const;
  const fixture = createRunFixture([{ name: 'a', params }], { definition: { strictParams: true } });
  fixture.start();
  fixture.place('a');
  expect(fixture.current('a')).toMatchObject({ state: 'failure', reason: { code: 'parameter' } });
  expect(fixture.effects).toEqual([{ type: 'ReleaseTurn' }]);
});
