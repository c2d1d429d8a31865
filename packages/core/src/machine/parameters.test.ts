import { describe, expect, test } from 'vitest';
import { createRunFixture } from '../testing/run-fixture.ts';

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

test('in strict mode a parameter that cannot be resolved fails its task before it is sent', () => {
  const params = [{ name: 'x', type: 'string', value: '${nobody}' }] as const;
  const fixture = createRunFixture([{ name: 'a', params }], { definition: { strictParams: true } });
  fixture.start();
  fixture.place('a');
  expect(fixture.current('a')).toMatchObject({ state: 'failure', reason: { code: 'parameter' } });
  expect(fixture.effects).toEqual([{ type: 'ReleaseTurn' }]);
});
