import { expect, test } from 'vitest';
import { parseWorkflowDocument } from '../definition/compile.ts';
import { parseWorkflowText } from '../definition/parse-text.ts';
import { writtenLinks } from './written-links.ts';

const linksOf = (text: string) => writtenLinks(parseWorkflowDocument(parseWorkflowText(text)));

test('names every workflow that a task starts or waits for, and where that is said', () => {
  const links = linksOf(`
name: report
tasks:
  - { name: sh, type: shell, script: "true" }
  - name: wait
    type: dependent
    on:
      any:
        - { workflow: orders, range: today }
        - all:
            - { workflow: stock, project: shop, task: load, range: last1Days }
  - { name: child, type: sub_workflow, workflow: clean, enabled: false }
  - { name: many, type: dynamic, workflow: city, project: shop, lists: [{ name: city, values: [a, b] }] }
`);
  const none = { ofTask: null, range: null };
  expect(links).toEqual([
    { kind: 'dependent', task: 'wait', enabled: true, project: null, workflow: 'orders', ofTask: null, range: 'today' },
    {
      ...{ kind: 'dependent', task: 'wait', enabled: true },
      ...{ project: 'shop', workflow: 'stock', ofTask: 'load', range: 'last1Days' },
    },
    { kind: 'sub_workflow', task: 'child', enabled: false, project: null, workflow: 'clean', ...none },
    { kind: 'dynamic', task: 'many', enabled: true, project: 'shop', workflow: 'city', ...none },
  ]);
});

test('a list of a dependent task is short for all of it', () => {
  const text =
    'name: r\ntasks: [{ name: w, type: dependent, on: [{ workflow: a, range: today }, { workflow: b, range: today }] }]';
  expect(linksOf(text).map(({ workflow }) => workflow)).toEqual(['a', 'b']);
});
