import { describe, expect, test } from 'vitest';
import { createRunFixture, type TaskSpec } from '../testing/run-fixture.ts';

const approval: TaskSpec = { name: 'ok?', type: 'approval', config: { message: 'Publish ${n} rows?' } };

describe('an approval', () => {
  test('waits for somebody, with its message, and succeeds with who approved', () => {
    const params = [{ name: 'n', type: 'integer', value: '5' }] as const;
    const fixture = createRunFixture([
      { ...approval, params },
      { name: 'next', dependsOn: ['ok?'] },
    ]);
    fixture.start();
    expect(fixture.current('ok?')).toMatchObject({ state: 'running', reason: { code: 'waiting_for_approval' } });
    expect(fixture.current('ok?').reason?.text).toContain('Publish 5 rows?');
    fixture.restart();
    fixture.approve('ok?', 'looks right');
    expect(fixture.current('ok?')).toMatchObject({
      state: 'success',
      logic: { decision: 'approved', by: 'somebody', comment: 'looks right' },
    });
    expect(fixture.statesOf().next).toBe('submitted');
  });

  test('that is rejected fails without a retry', () => {
    const retry = { times: 3, intervalMs: 0, backoff: 'fixed', maxIntervalMs: 0 } as const;
    const fixture = createRunFixture([{ ...approval, retry }]);
    fixture.start();
    fixture.reject('ok?');
    expect(fixture.attemptsOf('ok?')).toEqual(['failure']);
    expect(fixture.state).toBe('failure');
  });

  test('pauses at once, and is asked again after the resume', () => {
    const fixture = createRunFixture([approval]);
    fixture.start();
    fixture.pause();
    expect(fixture.state).toBe('paused');
    expect(fixture.outcome(fixture.approve('ok?'))).toContain('resume the run first');
    fixture.resume();
    fixture.approve('ok?');
    expect(fixture.state).toBe('success');
  });

  test('that takes too long fails at its timeout; a stop ends it at once', () => {
    const timeout = { afterMs: 1_000, strategy: 'fail', from: 'start' } as const;
    const fixture = createRunFixture([{ ...approval, timeout }]);
    fixture.start();
    fixture.advance(1_000);
    fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('ok?').id });
    expect(fixture.current('ok?')).toMatchObject({ state: 'failure', reason: { code: 'timeout' } });
    const stopped = createRunFixture([approval]);
    stopped.start();
    stopped.stop();
    expect(stopped.state).toBe('stopped');
  });

  test('keeps its timeout from the first submission over a crash', () => {
    const timeout = { afterMs: 5_000, strategy: 'fail', from: 'first_submit' } as const;
    const fixture = createRunFixture([{ ...approval, timeout }]);
    fixture.start();
    const dueAt = fixture.now + 5_000;
    fixture.advance(1_000);
    const event = { type: 'TaskTimedOut', taskInstanceId: fixture.current('ok?').id };
    expect(fixture.restart().intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt, event }));
  });

  test('is refused to a task of another type', () => {
    const fixture = createRunFixture([{ name: 'w', type: 'wait', config: { forMs: null, until: null, signal: 's' } }]);
    fixture.start();
    expect(fixture.outcome(fixture.approve('w'))).toContain('waits for no approval');
  });
});

describe('a wait', () => {
  test('for a span ends at its moment, also after a crash, and not when the clock was turned back', () => {
    const fixture = createRunFixture([
      { name: 'w', type: 'wait', config: { forMs: 60_000, until: null, signal: null } },
    ]);
    fixture.start();
    const dueAt = fixture.now + 60_000;
    const event = { type: 'LogicDue', taskInstanceId: fixture.current('w').id } as const;
    expect(fixture.intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt, event }));
    fixture.advance(30_000);
    expect(fixture.restart().intents).toContainEqual(expect.objectContaining({ type: 'SetTimer', dueAt, event }));
    fixture.send(event);
    expect(fixture.state).toBe('running');
    fixture.advance(30_000);
    fixture.send(event);
    expect(fixture.state).toBe('success');
  });

  test('for a signal takes the outputs that it declares', () => {
    const fixture = createRunFixture([
      {
        name: 'w',
        type: 'wait',
        config: { forMs: null, until: null, signal: 'go' },
        outputs: [{ name: 'file', type: 'string' }],
      },
    ]);
    fixture.start();
    expect(fixture.outcome(fixture.signal('other'))).toContain('no task of this run waits for the signal "other"');
    fixture.signal('go', { file: 'a.csv', more: 'x' });
    expect(fixture.current('w')).toMatchObject({ state: 'success', outputs: { file: 'a.csv' } });
  });

  test('takes no signal whose output is of another type than it declares', () => {
    const fixture = createRunFixture([
      {
        name: 'w',
        type: 'wait',
        config: { forMs: null, until: null, signal: 'go' },
        outputs: [{ name: 'rows', type: 'integer' }],
      },
    ]);
    fixture.start();
    expect(fixture.outcome(fixture.signal('go', { rows: 'many' }))).toContain('task "w" cannot take the output rows');
    expect(fixture.state).toBe('running');
    expect(fixture.outcome(fixture.signal('go', { rows: '7' }))).toBe('done');
    expect(fixture.current('w').outputs).toEqual({ rows: '7' });
  });
});

describe('a dependent task', () => {
  const item = {
    project: null,
    workflow: 'other',
    task: null,
    cycle: 'day',
    range: 'today',
    passOutputs: true,
  } as const;
  const dependent = (onFailure: 'fail' | 'wait'): TaskSpec => ({
    name: 'd',
    type: 'dependent',
    config: { on: item, checkIntervalMs: 30_000, onFailure, failureWaitMs: 60_000 },
  });

  function asked(fixture: ReturnType<typeof createRunFixture>) {
    const intent = fixture.intents.findLast((one) => one.type === 'ReadDependencies');
    return intent?.type === 'ReadDependencies' ? intent.questions : [];
  }

  function answer(fixture: ReturnType<typeof createRunFixture>, state: 'success' | 'failure' | 'waiting') {
    const { key } = asked(fixture)[0]!;
    const taskInstanceId = fixture.current('d').id;
    const text = `"other" is ${state}.`;
    fixture.send({
      type: 'DependenciesRead',
      taskInstanceId,
      answers: [{ key, state, text, outputs: { rows: '3' }, endedAt: 1 }],
    });
  }

  test('asks, waits with what it waits for, looks again, and passes the outputs on', () => {
    const fixture = createRunFixture([dependent('fail'), { name: 'next', dependsOn: ['d'] }]);
    fixture.start();
    answer(fixture, 'waiting');
    expect(fixture.current('d')).toMatchObject({ state: 'running', reason: { text: '"other" is waiting.' } });
    fixture.intents.length = 0;
    fixture.send({ type: 'LogicDue', taskInstanceId: fixture.current('d').id });
    expect(asked(fixture)).toHaveLength(1);
    fixture.restart();
    answer(fixture, 'success');
    expect(fixture.statesOf()).toEqual({ d: 'success', next: 'submitted' });
    expect(fixture.inputs('next')).toMatchObject({ rows: '3' });
  });

  test('fails when what it depends on has failed, or gives it time to be mended', () => {
    const strict = createRunFixture([dependent('fail')]);
    strict.start();
    answer(strict, 'failure');
    expect(strict.state).toBe('failure');
    const patient = createRunFixture([dependent('wait')]);
    patient.start();
    answer(patient, 'failure');
    expect(patient.state).toBe('running');
    expect(patient.current('d').reason).toMatchObject({ nextAt: patient.now + 60_000 });
    patient.advance(60_000);
    answer(patient, 'failure');
    expect(patient.state).toBe('failure');
  });

  test('can be paused, resumed and stopped while it waits', () => {
    const fixture = createRunFixture([dependent('fail')]);
    fixture.start();
    fixture.pause();
    expect(fixture.state).toBe('paused');
    expect(fixture.intents).toContainEqual({ type: 'ForgetLogic', taskInstanceId: fixture.current('d').id });
    answer(fixture, 'success');
    expect(fixture.state).toBe('paused');
    fixture.resume();
    expect(fixture.statesOf()).toEqual({ d: 'running' });
    fixture.stop();
    expect(fixture.state).toBe('stopped');
  });
});
