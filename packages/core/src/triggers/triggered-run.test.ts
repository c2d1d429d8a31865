import { expect, test } from 'vitest';
import { compileWorkflow } from '../definition/compile.ts';
import { derivedIds, type ProjectId, type WorkflowId } from '../identity/ids.ts';
import type { StartChoices } from '../machine/start-choices.ts';
import { WORKFLOW_STATES, type WorkflowState } from '../machine/states.ts';
import { checkTriggerConfig } from './check-trigger.ts';
import type { TriggerConfig, TriggerId } from './rows.ts';
import { isAwaitedEnd, MAX_TRIGGER_CHAIN, problemText, triggeredRun, whyChainEnds } from './triggered-run.ts';

const definition = compileWorkflow({
  name: 'ship',
  params: [
    { name: 'order', type: 'integer' },
    { name: 'region', type: 'string', value: 'eu' },
  ],
  tasks: [{ name: 'a', type: 'noop' }],
});
const start: StartChoices = {
  ...{ params: { region: 'us' }, startTasks: [], scope: 'all', failureStrategy: null, priority: 'high' },
  ...{ workerGroup: null, alertOn: null, alertGroup: null, dryRun: false, timeoutMs: null, version: null },
};
const workflowId = 'w' as WorkflowId;
const target = { projectId: 'p' as ProjectId, workflowId, workflowName: 'ship', version: 2, online: true, definition };
const trigger = { id: 't' as TriggerId, name: 'orders', start };
const made = (params: Readonly<Record<string, string>>, more: Partial<typeof target> = {}) =>
  triggeredRun(
    trigger,
    { ...target, ...more },
    {
      occasion: { mapped: { params, problems: [] }, businessTime: 77, timezone: 'Asia/Tokyo' },
      ids: derivedIds(5, 'k'),
      now: 9,
    },
  );

test('a run says which trigger started it, and takes what was mapped over what was chosen', () => {
  const result = made({ order: '7', region: 'jp' });
  expect('run' in result && result.run.instance).toMatchObject({
    ...{ originKind: 'trigger', originId: 't', createdBy: 'trigger orders', businessTime: 77, timezone: 'Asia/Tokyo' },
    ...{ params: { order: '7', region: 'jp' }, priority: 'high', version: 2, createdAt: 9 },
  });
});

test('nothing starts offline, or with values that the workflow does not take, and each says why', () => {
  for (const [result, words] of [
    [made({ order: '7' }, { online: false }), /offline/],
    [made({ order: 'seven' }), /params.order.*whole number/],
    [made({}), /params.order.*no default/],
    [made({ order: '7', colour: 'red' }), /params.colour/],
  ] as const) {
    expect('problems' in result && problemText(result.problems)).toMatch(words);
  }
});

test('what could not be mapped is told, and not that it is missing', () => {
  const problem = { path: 'params.order', message: 'The body has nothing at $.id.' };
  const occasion = { mapped: { params: {}, problems: [problem] }, businessTime: 0, timezone: null };
  expect(triggeredRun(trigger, target, { occasion, ids: derivedIds(5, 'k'), now: 9 })).toEqual({ problems: [problem] });
});

test('which ends are awaited', () => {
  const awaited = (on: 'success' | 'failure' | 'end') =>
    (Object.keys(WORKFLOW_STATES) as WorkflowState[]).filter((state) => isAwaitedEnd(on, state));
  expect(awaited('success')).toEqual(['success']);
  expect(awaited('failure')).toEqual(['failure']);
  expect(awaited('end')).toEqual(['stopped', 'failure', 'success']);
});

test('a chain ends where it would close, and where it has become too long', () => {
  const chain = (length: number) => Array.from({ length }, (_, i) => `w${i}` as WorkflowId);
  expect(whyChainEnds(chain(3), workflowId)).toBeUndefined();
  expect(whyChainEnds(chain(3), 'w0' as WorkflowId)).toMatch(/round for ever/);
  expect(whyChainEnds(chain(MAX_TRIGGER_CHAIN), workflowId)).toMatch(/in a row/);
});

const webhook: TriggerConfig = { kind: 'webhook', toleranceMs: 300_000, github: false, mapping: { order: '$.id' } };
const after: TriggerConfig = {
  ...{ kind: 'after_workflow', projectId: 'p' as ProjectId, workflowId: 'x' as WorkflowId },
  ...{ on: 'end', backfills: false, mapping: { order: 'n' } },
};
const file: TriggerConfig = {
  ...{ kind: 'file', path: '/in/*.csv', workerGroup: 'etl', everyMs: 60_000, settledMs: 30_000 },
  mapping: { order: 'size' },
};
const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`p${i}`, '$']));

test.each([
  [[], webhook],
  [[], after],
  [['config.tolerance'], { ...webhook, toleranceMs: 9_999 }],
  [['config.tolerance'], { ...webhook, toleranceMs: 3_600_001 }],
  [['config.tolerance'], { ...webhook, toleranceMs: Number.NaN }],
  [['config.mapping.order'], { ...webhook, mapping: { order: 'id' } }],
  [['config.mapping'], { ...webhook, mapping: many }],
  [['config.workflow'], { ...after, workflowId }],
  [[], file],
  [[], { ...file, everyMs: 10_000, settledMs: 0, mapping: {} }],
  [[], { ...file, everyMs: 86_400_000, settledMs: 3_600_000 }],
  [['config.path'], { ...file, path: 'in/*.csv' }],
  [['config.workerGroup'], { ...file, workerGroup: ' ' }],
  [['config.workerGroup'], { ...file, workerGroup: 'g'.repeat(129) }],
  [['config.every'], { ...file, everyMs: 9_999 }],
  [['config.every', 'config.settled'], { ...file, everyMs: Number.NaN, settledMs: Number.NaN }],
  [['config.settled'], { ...file, settledMs: 3_600_001 }],
  [['config.mapping.order'], { ...file, mapping: { order: 'nmae' } }],
] satisfies [string[], TriggerConfig][])('problems of a config are told at %j', (paths, config) => {
  expect(checkTriggerConfig(config, workflowId).map(({ path }) => path)).toEqual(paths);
});
