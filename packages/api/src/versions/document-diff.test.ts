import { describe, expect, it } from 'vitest';
import { diffDocuments } from './document-diff.ts';

const task = (name: string, more: object = {}) => ({ name, type: 'shell', script: `echo ${name}`, ...more });
const document = (tasks: readonly object[], more: object = {}) => ({ name: 'daily', ...more, tasks }) as never;
const NOTHING = { tasks: { added: [], removed: [], changed: [] }, fields: [] };

describe('the difference of two definitions', () => {
  it('is nothing when they say the same in another order of keys', () => {
    const one = document([{ name: 'a', type: 'shell', script: 'x', retry: { times: 1, interval: '1s' } }]);
    const other = document([{ retry: { interval: '1s', times: 1 }, script: 'x', type: 'shell', name: 'a' }]);
    expect(diffDocuments(one, other)).toEqual(NOTHING);
  });

  it('tells tasks apart by name, not by place', () => {
    const older = document([task('a'), task('b'), task('c')]);
    const newer = document([task('new'), task('a'), task('c', { script: 'other' })]);
    expect(diffDocuments(older, newer)).toEqual({
      tasks: {
        added: ['new'],
        removed: ['b'],
        changed: [{ name: 'c', changes: [{ path: 'tasks[2].script', kind: 'changed', from: 'echo c', to: 'other' }] }],
      },
      fields: [],
    });
  });

  it('names the place of each change, deep inside and in lists of named things', () => {
    const older = document([task('a', { retry: { times: 1, interval: '1s' }, dependsOn: ['x'], delay: '1m' })], {
      params: [
        { name: 'day', type: 'string' },
        { name: 'old', type: 'string' },
      ],
      description: 'one',
    });
    const newer = document([task('a', { retry: { times: 2, interval: '1s' }, dependsOn: ['x', 'y'] })], {
      params: [
        { name: 'count', type: 'integer' },
        { name: 'day', type: 'date' },
      ],
      timeout: { after: '1h', strategy: 'warn' },
    });
    const { tasks, fields } = diffDocuments(older, newer);
    expect(fields).toEqual(
      expect.arrayContaining([
        { path: 'description', kind: 'removed', from: 'one' },
        { path: 'timeout', kind: 'added', to: { after: '1h', strategy: 'warn' } },
        { path: 'params[1]', kind: 'removed', from: { name: 'old', type: 'string' } },
        { path: 'params[0]', kind: 'added', to: { name: 'count', type: 'integer' } },
        { path: 'params[1].type', kind: 'changed', from: 'string', to: 'date' },
      ]),
    );
    expect(fields).toHaveLength(5);
    expect(tasks.changed).toEqual([
      {
        name: 'a',
        changes: expect.arrayContaining([
          { path: 'tasks[0].dependsOn', kind: 'changed', from: ['x'], to: ['x', 'y'] },
          { path: 'tasks[0].retry.times', kind: 'changed', from: 1, to: 2 },
          { path: 'tasks[0].delay', kind: 'removed', from: '1m' },
        ]),
      },
    ]);
  });

  it('is the order alone when nothing but the order is another', () => {
    const { tasks, fields } = diffDocuments(document([task('a'), task('b')]), document([task('b'), task('a')]));
    expect(tasks).toEqual(NOTHING.tasks);
    expect(fields).toEqual([{ path: 'tasks', kind: 'reordered', from: ['a', 'b'], to: ['b', 'a'] }]);
  });

  it('takes lists whose elements have no name of their own as one value', () => {
    const older = document([task('a', { steps: [{ name: 'x' }, { name: 'x' }] })]);
    const newer = document([task('a', { steps: [{ name: 'x' }] })]);
    expect(diffDocuments(older, newer).tasks.changed[0]?.changes).toMatchObject([
      { path: 'tasks[0].steps', kind: 'changed' },
    ]);
  });
});
