import { describe, expect, test } from 'vitest';
import { ALERT_CHOICES, type AlertChoice } from '../alerts/alert.ts';
import type { AlertPolicy } from '../definition/definition.ts';
import type { WorkflowInstanceId } from '../identity/ids.ts';
import { fixtureOf, messages, open, passTimeout, policy, timeout, told } from '../testing/alerting-runs.ts';
import { wander } from '../testing/random-run.ts';
import type { RunFixture, RunFixtureOptions } from '../testing/run-fixture.ts';

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
