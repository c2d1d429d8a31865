import type { DependencyView } from '@vaquita/client';
import { expect, test } from 'vitest';
import { linksOf, pictureOf } from './picture.ts';

const node = (key: string, more: object = {}) => ({
  ...{ key, id: key, name: key, projectName: 'etl', online: true, newestRun: null },
  ...more,
});
const link = (from: string, to: string) => ({
  ...{ from, to, kind: 'dependent' as const, task: 'w', trigger: null, enabled: true, ofTask: null, range: 'today' },
});
const view: DependencyView = {
  nodes: [
    node('a', { newestRun: { id: 'r', number: 1, state: 'failure', createdAt: '' } }),
    node('b', { projectName: 'shop' }),
    node('etl/c', { id: null, name: 'c', online: false }),
    node('d', { online: false }),
  ],
  links: [link('a', 'b'), link('a', 'b'), link('etl/c', 'b'), link('b', 'b')],
  cutShort: false,
};
const words = { missing: 'not there', offline: 'off', neverRan: 'never' };

test('names workflows of other projects with these, and draws each line once and none to itself', () => {
  expect(pictureOf(view, 'etl', words)).toEqual([
    { id: 'a', type: 'etl', dependsOn: [], state: 'failure', note: undefined, muted: false },
    { id: 'shop/b', type: 'shop', dependsOn: ['a', 'c'], state: undefined, note: 'never', muted: false },
    { id: 'c', type: 'etl', dependsOn: [], state: undefined, note: 'not there', muted: true },
    { id: 'd', type: 'etl', dependsOn: [], state: undefined, note: 'off', muted: true },
  ]);
});

test('gives the links of one node, or all', () => {
  expect(linksOf(view.links, 'etl/c')).toHaveLength(1);
  expect(linksOf(view.links, null)).toHaveLength(4);
});
