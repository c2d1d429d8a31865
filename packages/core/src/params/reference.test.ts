/** Parameters against what Apache DolphinScheduler was recorded to do, and by name what is not ours, with the reason. */
import { describe, expect, it } from 'vitest';
import type { ParamDefinition } from '../definition/definition.ts';
import { evaluateCondition } from '../logic/expression.ts';
import { builtInParams, EXECUTE_PATH_PARAM } from './built-ins.ts';
import { createOutputCollector } from './outputs.ts';
import vectors from './parameters.vectors.json' with { type: 'json' };
import { resolveText } from './placeholder.ts';
import { type ParamLayers, resolveTaskParams } from './precedence.ts';
import { checkStartParams } from './start-params.ts';

/** By the id of the vector. */
const notOurs: Readonly<Record<string, string>> = {
  'convert 1': 'A text is never null here.',
  'convert 2': 'A text is never null here.',
  'merge 1': 'There is no null among outputs: no outputs is an empty list.',
  'outputs 5': 'How many lines a value may have is not a setting; all outputs together have a limit in bytes.',
};

/**
 * Recorded too, and without a counterpart, so they are not among the vectors:
 * escapes - a value in a pattern of SQL is bound, so nothing needs escaping;
 * subtract - outputs are kept by the task that made them and never taken out of a pool;
 * time hooks - time expressions cannot be extended by plugins.
 */
const time = { businessTime: Date.UTC(2020, 11, 1, 12, 30), timezone: 'UTC' };
const NONE: ParamLayers = { start: {}, local: [], upstream: [], workflow: [], project: {}, builtIns: {}, time };

const ours = <T extends { readonly id: string }>(cases: readonly T[]): readonly T[] =>
  cases.filter(({ id }) => !Object.hasOwn(notOurs, id));

const text = (name: string, value?: string): ParamDefinition =>
  value === undefined ? { name, type: 'string' } : { name, type: 'string', value };

const plain = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));

describe('parameters against the recorded results of the reference', () => {
  it.each(ours(vectors.convert))('$id: placeholders', ({ input, params, expected }) => {
    const values = plain(params);
    const lookup = (name: string) => (Object.hasOwn(values, name) ? { text: values[name]! } : undefined);
    expect(resolveText(input!, lookup, time)).toEqual({ text: expected, warnings: [] });
  });

  it.each(ours(vectors.merge))('$id: outputs of several tasks', ({ input, expected }) => {
    const upstream = input!.flat().map(([name, value]) => ({ name: name!, value: value! }));
    expect(Object.entries(resolveTaskParams({ ...NONE, upstream }).values)).toEqual(expected);
  });

  it.each(ours(vectors.globals))('$id: parameters of the workflow', ({ params, expected }) => {
    const workflow = (params ?? []).map(([name, value]) => text(name!, value!));
    const { values, problems } = resolveTaskParams({ ...NONE, workflow });
    expect([Object.entries(values), problems]).toEqual([expected ?? [], []]);
  });

  it.each(ours(vectors.builtIns))('$id: names of built-ins', ({ names }) => {
    const facts = { projectName: 'p', projectId: '1', workflowName: 'w', workflowId: '2', workflowInstanceId: '3' };
    const builtIns = builtInParams({ ...time, ...facts, taskName: 't', taskInstanceId: '4' });
    expect([...Object.keys(builtIns), EXECUTE_PATH_PARAM]).toEqual(expect.arrayContaining(names));
  });

  it.each(ours([...vectors.start, ...vectors.parent]))('$id: what a run is started with', ({ given, expected }) => {
    const params = Object.keys(given).map((name) => text(name));
    expect(checkStartParams({ params }, plain(given))).toEqual({ values: expected, problems: [] });
  });

  it.each(ours(vectors.conditions))('$id: conditions', ({ condition, values, expected }) => {
    const result = evaluateCondition(condition, plain(values));
    expect('problem' in result ? 'refused' : result.value).toBe(expected);
  });

  it.each(ours(vectors.outputs))('$id: outputs in what a task prints', (vector) => {
    const declared = ['name', 'age', 'sql'].map((name) => ({ name, type: 'string' as const }));
    const bound = 'maxLength' in vector ? { maxBytes: vector.maxLength as number } : {};
    const collector = createOutputCollector({ declared, ...bound });
    for (const line of vector.lines) collector.addLine(line);
    expect(collector.finish().values).toEqual(plain(vector.expected));
  });

  it('has a vector for everything that is not ours', () => {
    const { source: _, ...sections } = vectors;
    const ids = Object.values(sections).flatMap((cases: readonly { readonly id: string }[]) =>
      cases.map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of Object.keys(notOurs)) expect(ids).toContain(id);
  });
});
