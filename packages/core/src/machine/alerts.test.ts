import { describe, expect, test } from 'vitest';
import { ALERT_CHOICES, type AlertChoice } from '../alerts/alert.ts';
import type { AlertPolicy } from '../definition/definition.ts';
import type { WorkflowInstanceId } from '../identity/ids.ts';
import { wander } from '../testing/random-run.ts';
import { createRunFixture, type RunFixture, type RunFixtureOptions, type TaskSpec } from '../testing/run-fixture.ts';

const policy = (on: AlertChoice, more: Partial<AlertPolicy> = {}): AlertPolicy => ({
  on,
  group: 'ops',
  queueWaitMs: null,
  deadlineMs: null,
  ...more,
});

function fixtureOf(
  alerts: AlertPolicy | null,
  tasks: readonly TaskSpec[] = [{ name: 'a' }],
  more: RunFixtureOptions = {},
) {
  return createRunFixture(tasks, { ...more, definition: { alerts, ...more.definition } });
}

/** Kinds in the order in which they were filed; resolutions with a star. */
const told = ({ rows }: RunFixture) =>
  Array.from(rows.alerts.values(), ({ message: { kind, state } }) => (state === 'open' ? kind : `${kind}*`));
const open = (fixture: RunFixture) => told(fixture).filter((kind) => !kind.endsWith('*'));
const messages = ({ rows }: RunFixture) => Array.from(rows.alerts.values(), ({ message }) => message);

const timeout = (strategy: 'warn' | 'fail' | 'warn_and_fail') => ({ afterMs: 5_000, strategy, from: 'start' }) as const;
const passTimeout = (fixture: RunFixture) => {
  fixture.start();
  fixture.place('a');
  fixture.advance(5_000);
  fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
};

const ENDS: Record<string, (fixture: RunFixture) => void> = {
  success: (fixture) => {
    fixture.start();
    fixture.does('a');
  },
  failure: (fixture) => {
    fixture.start();
    fixture.does('a', 'failure');
  },
  'stopped by a person': (fixture) => {
    fixture.start();
    fixture.stop();
  },
  'stopped before it began': (fixture) => fixture.stop(),
  'not let run': (fixture) => {
    fixture.start();
    fixture.send({ type: 'TurnDenied', code: 'discarded', text: 'Another run is live.', evidence: {} });
  },
  'a task killed by a person': (fixture) => {
    fixture.start();
    fixture.kill('a');
  },
  timeout: (fixture) => {
    passTimeout(fixture);
    fixture.ended('a', 'killed');
  },
};

const FAILURES: Record<keyof typeof ENDS, readonly string[]> = {
  success: [],
  failure: ['workflow_failed'],
  'stopped by a person': [],
  'stopped before it began': [],
  'not let run': ['workflow_blocked'],
  'a task killed by a person': ['workflow_failed'],
  timeout: ['workflow_timed_out'],
};

describe('the end of a run', () => {
  const cases = ALERT_CHOICES.flatMap((on) => Object.keys(ENDS).map((end) => [on, end] as const));

  const expected = (on: AlertChoice, end: string): readonly string[] => {
    if (end === 'success') return on === 'success' || on === 'all' ? ['workflow_succeeded'] : [];
    return on === 'failure' || on === 'all' ? FAILURES[end]! : [];
  };
  const endsAs = (end: string, alerts: AlertPolicy | null, more: RunFixtureOptions = {}) => {
    const grantsTurns = end !== 'not let run';
    const definition = { timeout: timeout('fail') };
    const fixture = fixtureOf(alerts, [{ name: 'a' }], { grantsTurns, ...more, definition });
    ENDS[end]!(fixture);
    return fixture;
  };

  test.each(cases)('with "%s": %s', (on, end) => {
    expect(open(endsAs(end, policy(on)))).toEqual(expected(on, end));
    // The start decides, whatever the definition says.
    for (const definition of [null, policy('none'), policy('all')]) {
      expect(open(endsAs(end, definition, { instance: { alertOn: on } }))).toEqual(expected(on, end));
    }
  });

  test.each(Object.keys(ENDS))('of a run that another run started is not told: %s', (end) => {
    const instance = { parentInstanceId: 'parent' as WorkflowInstanceId };
    expect(told(endsAs(end, policy('all', { deadlineMs: 1, queueWaitMs: 1 }), { instance }))).toEqual([]);
  });

  test('of a dry run is not told', () => {
    const fixture = fixtureOf(policy('all'), [{ name: 'a' }], { instance: { dryRun: true } });
    fixture.start();
    expect(fixture.state).toBe('success');
    expect(told(fixture)).toEqual([]);
  });

  test('of a run whose workflow says nothing of alerts is not told, and nothing else of it', () => {
    for (const end of Object.keys(ENDS)) expect(told(endsAs(end, null))).toEqual([]);
  });

  test('goes to the group that the start or the definition names', () => {
    const groups = (alertGroup: string | null, alerts: AlertPolicy | null) =>
      [...endsAs('failure', alerts, { instance: { alertOn: 'all', alertGroup } }).rows.alerts.values()].map(
        (one) => one.group,
      );
    expect(groups(null, policy('none'))).toEqual(['ops']);
    expect(groups('night', policy('none'))).toEqual(['night']);
    expect(groups(null, null)).toEqual(['default']);
  });

  test('of a failure is told with its tasks, bounded, and with what is the same for every run apart', () => {
    const tasks = Array.from({ length: 60 }, (_, n) => ({ name: n === 0 ? 'a' : `t${n}` }));
    const fixture = fixtureOf(policy('failure'), tasks, { failureStrategy: 'continue' });
    fixture.start();
    for (const { name } of tasks)
      fixture.does(name, 'failure', { error: `The error of ${name}. ${'x'.repeat(2_000)}` });
    const message = messages(fixture).at(-1)!;
    expect(message).toMatchObject({
      kind: 'workflow_failed',
      severity: 'error',
      subject: 'workflow_failed:w',
      labels: { project: 'project', workflow: 'test' },
      links: [{ url: `/go/r/${fixture.rows.instance.id}` }],
    });
    expect(message.facts).toContainEqual({
      name: 'Task "a"',
      value: expect.stringMatching(/^failure on worker w1, attempt 1: The error of a\./),
    });
    expect(message.facts).toContainEqual({ name: 'More tasks', value: '40' });
    expect(JSON.stringify(message).length).toBeLessThan(20_000);
  });
});

describe('a success', () => {
  test('takes back what may have been told of the workflow, under the same subjects, severities and labels', () => {
    const definition = { timeout: timeout('warn'), execution: 'serial_discard' } as const;
    const alerts = policy('failure', { queueWaitMs: 1_000, deadlineMs: 9_000 });
    const fixture = fixtureOf(alerts, [{ name: 'a', timeout: timeout('warn') }, { name: 'b' }], { definition });
    fixture.start();
    fixture.does('a');
    fixture.does('b');
    expect(told(fixture)).toEqual([
      'workflow_failed*',
      'task_failed*',
      'workflow_blocked*',
      'workflow_timed_out*',
      'task_timed_out*',
      'queue_wait_missed*',
      'deadline_missed*',
    ]);
    const failed = fixtureOf(policy('failure'));
    ENDS.failure!(failed);
    const { subject, kind, severity, labels } = messages(failed)[0]!;
    expect(messages(fixture)[0]).toMatchObject({ subject, kind, severity, labels });
  });

  test('that somebody declares is one', () => {
    const fixture = fixtureOf(policy('all'));
    ENDS.failure!(fixture);
    fixture.forceSuccess('a');
    expect(told(fixture)).toEqual(['workflow_failed', 'workflow_failed*', 'workflow_succeeded']);
  });

  test('of a run that is done again is told anew, and so is its failure', () => {
    const fixture = fixtureOf(policy('failure'));
    ENDS.failure!(fixture);
    fixture.recover();
    fixture.does('a', 'failure');
    fixture.rerun();
    fixture.does('a');
    expect(told(fixture)).toEqual(['workflow_failed', 'workflow_failed', 'workflow_failed*']);
  });
});

describe('timeouts', () => {
  test.each([
    ['none', []],
    ['success', ['workflow_timed_out']],
    ['failure', ['workflow_timed_out']],
    ['all', ['workflow_timed_out']],
  ] as const)('of a run that warn are told at once with "%s"', (on, kinds) => {
    const fixture = fixtureOf(policy(on), undefined, { definition: { timeout: timeout('warn') } });
    passTimeout(fixture);
    expect(told(fixture)).toEqual(kinds);
    fixture.restart();
    fixture.send({ type: 'WorkflowTimedOut', runCounter: 1 });
    expect(told(fixture)).toEqual(kinds);
  });

  test('that warn and fail are told once, and not again by the end', () => {
    const fixture = fixtureOf(policy('all'), undefined, { definition: { timeout: timeout('warn_and_fail') } });
    passTimeout(fixture);
    fixture.ended('a', 'killed');
    expect(fixture.state).toBe('failure');
    expect(told(fixture)).toEqual(['workflow_timed_out']);
  });

  test('of a task that warn are told once for each attempt, whoever tells', () => {
    const fixture = fixtureOf(policy('failure'), [{ name: 'a', timeout: timeout('warn') }]);
    fixture.start();
    fixture.place('a');
    fixture.started('a');
    for (const again of [false, true]) {
      if (again) fixture.restart();
      fixture.advance(6_000);
      fixture.send({ type: 'TaskTimedOut', taskInstanceId: fixture.current('a').id });
    }
    expect(told(fixture)).toEqual(['task_timed_out']);
    expect(messages(fixture)[0]!.text).toContain('5s after it was started');
    const quiet = fixtureOf(policy('none', { deadlineMs: 1_000 }), [{ name: 'a', timeout: timeout('warn') }]);
    quiet.start();
    quiet.place('a');
    quiet.started('a');
    quiet.send({ type: 'TaskTimedOut', taskInstanceId: quiet.current('a').id });
    expect(told(quiet)).toEqual([]);
  });
});

describe('a task that fails for good', () => {
  test('is told of at once when its run goes on, and not when its run ends with it', () => {
    const fixture = fixtureOf(policy('failure'), [{ name: 'a' }, { name: 'b' }]);
    fixture.start();
    fixture.does('a', 'failure', { error: 'Disk full.' });
    expect(told(fixture)).toEqual(['task_failed']);
    expect(messages(fixture)[0]!.text).toContain('Disk full.');
    fixture.does('b', 'failure');
    expect(told(fixture)).toEqual(['task_failed', 'workflow_failed']);
  });

  test.each(['none', 'success'] as const)('is not told of with "%s"', (on) => {
    const fixture = fixtureOf(policy(on, { deadlineMs: 60_000 }), [{ name: 'a' }, { name: 'b' }]);
    fixture.start();
    fixture.does('a', 'failure');
    expect(told(fixture)).toEqual([]);
  });

  test('is not told of while it is tried again, where a conditions task catches it, when it is killed, or when it ends the run', () => {
    const retry = { times: 1, intervalMs: 0, backoff: 'fixed', maxIntervalMs: 0 } as const;
    const again = fixtureOf(policy('all'), [{ name: 'a', retry }, { name: 'b' }]);
    again.start();
    again.does('a', 'failure');
    expect(told(again)).toEqual([]);
    again.does('a', 'failure');
    expect(told(again)).toEqual(['task_failed']);

    const config = { when: { all: [{ task: 'a', is: 'success' }] }, then: [], else: [] };
    const caught = fixtureOf(policy('all'), [
      { name: 'a' },
      { name: 'b' },
      { name: 'c', type: 'conditions', dependsOn: ['a'], config },
    ]);
    caught.start();
    caught.does('a', 'failure');
    expect(told(caught)).toEqual([]);

    const killed = fixtureOf(policy('all'), [{ name: 'a' }, { name: 'b' }]);
    killed.start();
    killed.kill('a');
    expect(told(killed)).toEqual([]);

    const ends = fixtureOf(policy('all'), [{ name: 'a' }, { name: 'b' }], { failureStrategy: 'end' });
    ends.start();
    ends.place('b');
    ends.does('a', 'failure');
    expect(told(ends)).toEqual([]);
    ends.ended('b', 'killed');
    expect(told(ends)).toEqual(['workflow_failed']);
  });

  test('is one of at most ten of its run that are told of by themselves', () => {
    const tasks = Array.from({ length: 30 }, (_, n) => ({ name: `t${n}` }));
    const fixture = fixtureOf(policy('failure'), tasks);
    fixture.start();
    for (const { name } of tasks) fixture.does(name, 'failure');
    expect(told(fixture)).toEqual([...Array(10).fill('task_failed'), 'workflow_failed']);
  });
});

describe('a wait that is too long', () => {
  const waits = policy('none', { queueWaitMs: 10_000 });
  const timerOf = (fixture: RunFixture, type: string) =>
    fixture.intents.flatMap((one) => (one.type === 'SetTimer' && one.event.type === type ? [one] : [])).at(-1);

  test('(M14) for the turn of a run is told once, also by the next leader', () => {
    const fixture = fixtureOf(waits, undefined, { grantsTurns: false });
    fixture.start();
    const first = timerOf(fixture, 'TurnWaitPassed')!;
    expect(first.dueAt).toBe(fixture.now + 10_000);
    fixture.advance(10_000);
    fixture.send(first.event);
    fixture.restart();
    const second = timerOf(fixture, 'TurnWaitPassed')!;
    expect(second).toEqual(first);
    fixture.advance(60_000);
    fixture.send(second.event);
    expect(told(fixture)).toEqual(['queue_wait_missed']);
    fixture.grant(null);
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: first.key });
    fixture.send(second.event);
    expect(told(fixture)).toEqual(['queue_wait_missed']);
  });

  test('is forgotten when the run is stopped, and begins anew when it is resumed', () => {
    const fixture = fixtureOf(waits, undefined, { grantsTurns: false });
    fixture.start();
    const { key, event } = timerOf(fixture, 'TurnWaitPassed')!;
    fixture.stop();
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key });
    fixture.advance(10_000);
    fixture.resume();
    fixture.send(event);
    expect(told(fixture)).toEqual([]);
    fixture.send(timerOf(fixture, 'TurnWaitPassed')!.event);
    expect(told(fixture)).toEqual(['queue_wait_missed']);
  });

  test('of a task for a worker or a slot is told once for each attempt', () => {
    const fixture = fixtureOf(waits, [{ name: 'a' }, { name: 'b', taskGroup: { name: 'g', priority: 0 } }]);
    fixture.start();
    const timers = fixture.intents.flatMap((one) => (one.type === 'SetTimer' ? [one] : []));
    expect(timers.map(({ event }) => event.type)).toEqual(['TurnWaitPassed', 'TaskWaitPassed', 'TaskWaitPassed']);
    fixture.advance(10_000);
    for (const { event } of timers) fixture.send(event);
    expect(told(fixture)).toEqual(['queue_wait_missed', 'queue_wait_missed']);
    fixture.restart();
    for (const { event } of timers) fixture.send(event);
    expect(told(fixture)).toHaveLength(2);
    fixture.place('a');
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: timers[1]!.key });
    fixture.kill('b');
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: timers[2]!.key });
  });

  test('begins when a delayed task is due, and not before', () => {
    const fixture = fixtureOf(waits, [{ name: 'a', delayMs: 30_000 }]);
    fixture.start();
    expect(timerOf(fixture, 'TaskWaitPassed')).toBeUndefined();
    fixture.advance(30_000);
    fixture.send({ type: 'TaskDue', taskInstanceId: fixture.current('a').id });
    expect(timerOf(fixture, 'TaskWaitPassed')!.dueAt).toBe(fixture.now + 10_000);
    fixture.restart();
    expect(timerOf(fixture, 'TaskWaitPassed')!.dueAt).toBe(fixture.now + 10_000);
  });

  test('is not watched in a run that does not ask for it', () => {
    const fixture = fixtureOf(policy('all'), [{ name: 'a' }]);
    fixture.start();
    expect(fixture.intents.filter(({ type }) => type === 'SetTimer')).toEqual([]);
  });
});

describe('a deadline', () => {
  const strict = policy('none', { deadlineMs: 60_000 });
  const deadlines = ({ intents }: RunFixture) =>
    intents.flatMap((one) => (one.type === 'SetTimer' && one.event.type === 'DeadlinePassed' ? [one] : []));

  test('counts from when the run was filed, is told once, and the run goes on', () => {
    const fixture = fixtureOf(strict, undefined, { grantsTurns: false });
    const filedAt = fixture.now;
    fixture.advance(1_000);
    fixture.start();
    fixture.advance(1_000);
    fixture.grant(null);
    const [timer, ...others] = deadlines(fixture);
    expect([timer!.dueAt, others]).toEqual([filedAt + 60_000, []]);
    fixture.advance(60_000);
    fixture.send(timer!.event);
    fixture.restart();
    expect(deadlines(fixture)).toEqual([timer]);
    fixture.send(timer!.event);
    expect(told(fixture)).toEqual(['deadline_missed']);
    expect(fixture.state).toBe('running');
    fixture.does('a');
    expect(fixture.intents).toContainEqual({ type: 'ClearTimer', key: timer!.key });
  });

  test('of a run that is done again counts from its new start', () => {
    const fixture = fixtureOf(strict, undefined, { grantsTurns: false });
    fixture.start();
    fixture.grant(null);
    const old = deadlines(fixture)[0]!.event;
    fixture.does('a', 'failure');
    fixture.advance(100_000);
    fixture.recover();
    fixture.send(old);
    expect(told(fixture)).toEqual([]);
    fixture.advance(5_000);
    fixture.grant(null);
    const timer = deadlines(fixture).at(-1)!;
    expect(timer.dueAt).toBe(fixture.now + 60_000);
    fixture.restart();
    expect(deadlines(fixture)).toEqual([timer]);
    fixture.send(timer.event);
    expect(told(fixture)).toEqual(['deadline_missed']);
  });
});

test('(M13) whatever happens to runs that alert, what is told is sound, and told by those alone that have an alert group', () => {
  let seen = 0;
  for (let seed = 1; seed <= 60; seed++) {
    let last: RunFixture | undefined;
    wander(seed, 60, (_, fixture) => {
      last = fixture;
    });
    for (const { group, workflowInstanceId, message } of last!.rows.alerts.values()) {
      seen += 1;
      expect(last!.run.alerts).not.toBeNull();
      expect([group, workflowInstanceId]).toEqual(['ops', last!.rows.instance.id]);
      expect(message.subject).toBe(`${message.kind}:w`);
    }
  }
  expect(seen).toBeGreaterThan(50);
});
