import { describe, expect, test } from 'vitest';
import { createRunFixture, type TaskSpec } from '../testing/run-fixture.ts';

const route = (when: string): TaskSpec => ({
  name: 'route',
  type: 'switch',
  dependsOn: ['count'],
  config: { cases: [{ when, then: ['big'] }], otherwise: ['small'] },
});

const COUNT: TaskSpec = { name: 'count', outputs: [{ name: 'rows', type: 'integer' }] };

describe('a switch', () => {
  const tasks: TaskSpec[] = [
    COUNT,
    route('${rows} > 10'),
    { name: 'big', dependsOn: ['route'] },
    { name: 'small', dependsOn: ['route'] },
    { name: 'after small', dependsOn: ['small'] },
    { name: 'always', dependsOn: ['route'] },
    { name: 'join', dependsOn: ['big', 'after small'] },
  ];

  test('chooses a branch; the other is skipped with all that only it leads to, and a join goes on', () => {
    const fixture = createRunFixture(tasks);
    fixture.start();
    fixture.does('count', 'success', { outputs: { rows: '11' } });
    expect(fixture.statesOf()).toEqual({ count: 'success', route: 'success', big: 'submitted', always: 'submitted' });
    const skipped = fixture.rows.events.filter(({ type }) => type === 'task.passed_over').map(({ data }) => data);
    expect(skipped).toEqual([
      { name: 'small', how: 'skipped' },
      { name: 'after small', how: 'skipped' },
    ]);
    fixture.restart();
    fixture.does('big');
    fixture.does('always');
    fixture.does('join');
    expect(fixture.state).toBe('success');
    expect(fixture.rows.tasks.size).toBe(5);
  });

  test('whose condition cannot be evaluated fails and says which', () => {
    const fixture = createRunFixture([COUNT, route('${nobody} > 10'), ...tasks.slice(2, 4)]);
    fixture.start();
    fixture.does('count', 'success', { outputs: { rows: '1' } });
    expect(fixture.current('route')).toMatchObject({ state: 'failure', reason: { code: 'switch_undecided' } });
    expect(fixture.state).toBe('failure');
  });

  test('that is rerun may choose otherwise', () => {
    const fixture = createRunFixture(tasks);
    fixture.start();
    fixture.does('count', 'success', { outputs: { rows: '11' } });
    for (const name of ['big', 'always', 'join']) fixture.does(name);
    fixture.rerunFrom(['count']);
    expect(fixture.statesOf()).toEqual({ count: 'submitted' });
    fixture.does('count', 'success', { outputs: { rows: '1' } });
    expect(Object.keys(fixture.statesOf()).sort()).toEqual(['always', 'count', 'route', 'small']);
  });

  test('in a chain of ten thousand needs no stack', () => {
    const chain = Array.from(
      { length: 10_000 },
      (_, i): TaskSpec => ({
        name: `s${i}`,
        type: 'switch',
        dependsOn: i === 0 ? [] : [`s${i - 1}`],
        config: { cases: [{ when: '1 < 2', then: i === 9_999 ? [] : [`s${i + 1}`] }], otherwise: [] },
      }),
    );
    const fixture = createRunFixture(chain);
    fixture.start();
    expect(fixture.state).toBe('success');
  });
});

describe('conditions', () => {
  const tasks: TaskSpec[] = [
    { name: 'a' },
    { name: 'b' },
    {
      name: 'check',
      type: 'conditions',
      dependsOn: ['a', 'b'],
      config: {
        when: {
          all: [
            { task: 'a', is: 'success' },
            { task: 'b', is: 'success' },
          ],
        },
        then: ['publish'],
        else: ['clean up'],
      },
    },
    { name: 'publish', dependsOn: ['check'] },
    { name: 'clean up', dependsOn: ['check'] },
  ];

  test('catch a failure: the other branch is done and the run succeeds', () => {
    const fixture = createRunFixture(tasks);
    fixture.start();
    fixture.does('a', 'failure');
    expect(fixture.statesOf()).toEqual({ a: 'failure', b: 'submitted' });
    fixture.does('b');
    expect(fixture.statesOf()).toMatchObject({ check: 'success', 'clean up': 'submitted' });
    fixture.restart();
    fixture.does('clean up');
    expect(fixture.state).toBe('success');
  });

  test('catch it also where the failure strategy is "end"', () => {
    const fixture = createRunFixture(tasks, { failureStrategy: 'end' });
    fixture.start();
    fixture.does('a', 'failure');
    fixture.does('b');
    fixture.does('clean up');
    expect(fixture.state).toBe('success');
  });

  test('do not catch it for a task that something else waits for as well', () => {
    const fixture = createRunFixture([...tasks, { name: 'other', dependsOn: ['a'] }]);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.does('b');
    fixture.does('clean up');
    expect(fixture.state).toBe('failure');
    expect(fixture.statesOf().other).toBeUndefined();
  });

  test('are done anew when what they looked at is recovered', () => {
    const fixture = createRunFixture(tasks);
    fixture.start();
    fixture.does('a', 'failure');
    fixture.does('b');
    fixture.does('clean up', 'failure');
    expect(fixture.state).toBe('failure');
    fixture.recover();
    expect(fixture.statesOf()).toEqual({ a: 'submitted', b: 'success' });
    fixture.does('a');
    expect(fixture.statesOf()).toMatchObject({ check: 'success', publish: 'submitted' });
    fixture.does('publish');
    expect(fixture.state).toBe('success');
  });

  test('all of whose paths were skipped are skipped', () => {
    const fixture = createRunFixture([
      COUNT,
      route('false'),
      { name: 'big', dependsOn: ['route'] },
      { name: 'small', dependsOn: ['route'] },
      {
        name: 'check',
        type: 'conditions',
        dependsOn: ['big'],
        config: { when: { task: 'big', is: 'success' }, then: [], else: [] },
      },
    ]);
    fixture.start();
    fixture.does('count');
    fixture.does('small');
    expect(fixture.state).toBe('success');
    expect(fixture.statesOf().check).toBeUndefined();
  });
});
