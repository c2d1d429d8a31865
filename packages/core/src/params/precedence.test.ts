import { describe, expect, it } from 'vitest';
import type { ParamDefinition } from '../definition/definition.ts';
import { builtInParams } from './built-ins.ts';
import { type ParamLayers, resolveTaskParams } from './precedence.ts';

const time = { businessTime: Date.UTC(2022, 7, 26), timezone: 'UTC' };
const text = (name: string, value?: string): ParamDefinition =>
  value === undefined ? { name, type: 'string' } : { name, type: 'string', value };

function resolve(layers: Partial<ParamLayers>) {
  const none = { start: {}, local: [], upstream: [], workflow: [], project: {}, builtIns: {}, time };
  return resolveTaskParams({ ...none, ...layers });
}

describe('resolveTaskParams', () => {
  const layers = [
    { builtIns: { p: 'built-in' } },
    { project: { p: 'project' } },
    { workflow: [text('p', 'workflow')] },
    { upstream: [{ name: 'p', value: 'upstream' }] },
    { local: [text('p', 'local')] },
    { start: { p: 'start' } },
  ] satisfies Partial<ParamLayers>[];

  it.each(layers.map((_, count) => count + 1))('takes the highest of the %d lowest layers', (count) => {
    const { values, problems } = resolve(Object.assign({}, ...layers.slice(0, count)));
    expect(values.p).toBe(['built-in', 'project', 'workflow', 'upstream', 'local', 'start'][count - 1]);
    expect(problems).toEqual([]);
  });

  it('lets an empty or missing value of its own hide nothing', () => {
    const upstream = [{ name: 'p', value: 'upstream' }];
    expect(resolve({ upstream, local: [text('p', '')] }).values.p).toBe('upstream');
    expect(resolve({ upstream, local: [text('p')] }).values.p).toBe('upstream');
    expect(resolve({ workflow: [text('p', 'w')], local: [text('p', '')] }).values.p).toBe('w');
    expect(resolve({ local: [text('p', '')] })).toEqual({ values: { p: '' }, problems: [] });
  });

  it('takes the last of equal upstream names, which are given in order of end', () => {
    const upstream = ['tom', 'tim'].map((value) => ({ name: 'name', value }));
    expect(resolve({ upstream }).values.name).toBe('tim');
  });

  it('expands values against all layers, but never what a task has put out', () => {
    const { values, problems } = resolve({
      start: { day: '$[yyyy-MM-dd-1]' },
      workflow: [text('path', '/data/${day}/${region}'), text('region', 'eu')],
      upstream: [{ name: 'found', value: '${path} $[yyyy]' }],
      local: [text('echo', '<${found}>')],
    });
    expect(problems).toEqual([]);
    expect(values).toMatchObject({ path: '/data/2022-08-25/eu', echo: '<${path} $[yyyy]>', found: '${path} $[yyyy]' });
  });

  it('lets a value build on the one it replaces', () => {
    const { values, problems } = resolve({
      workflow: [text('date', '$[yyyyMMdd]')],
      local: [text('date', '${date}-late')],
      start: {},
    });
    expect([values.date, problems]).toEqual(['20220826-late', []]);
  });

  it('reports what is missing, circular or of the wrong type, each at its parameter', () => {
    const { values, problems } = resolve({
      workflow: [text('a', '${b}'), text('b', '${a}'), text('none'), { name: 'n', type: 'integer', value: '${word}' }],
      local: [text('word', 'many'), text('gone', '${nowhere}')],
    });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'params.a',
      'params.b',
      'params.gone',
      'params.n',
      'params.none',
    ]);
    expect(problems.find(({ path }) => path === 'params.n')!.message).toBe(
      '"many" is not of type integer: give a whole number such as 42.',
    );
    expect(values).toMatchObject({ none: '', n: 'many', gone: '${nowhere}' });
  });

  it('survives names that objects are touchy about', () => {
    const upstream = [
      { name: '__proto__', value: 'x' },
      { name: 'constructor', value: 'y' },
    ];
    const { values } = resolve({ upstream, local: [text('seen', '${__proto__}${constructor}${toString}')] });
    expect(values.seen).toBe('xy${toString}');
    expect(Object.hasOwn(values, '__proto__')).toBe(true);
  });
});

describe('builtInParams', () => {
  it('names the day before, the day and the moment in the zone of the run', () => {
    const facts = {
      businessTime: Date.parse('2022-08-25T16:00:00Z'),
      timezone: 'Asia/Shanghai',
      projectName: 'sales',
      projectId: 'p1',
      workflowName: 'daily',
      workflowId: 'w1',
      workflowInstanceId: 'i1',
      taskName: 'load',
      taskInstanceId: 't1',
    };
    expect(builtInParams(facts)).toEqual({
      'system.biz.date': '20220825',
      'system.biz.curdate': '20220826',
      'system.datetime': '20220826000000',
      'system.task.instance.id': 't1',
      'system.task.definition.name': 'load',
      'system.task.definition.code': 'load',
      'system.workflow.instance.id': 'i1',
      'system.workflow.definition.name': 'daily',
      'system.workflow.definition.code': 'w1',
      'system.project.name': 'sales',
      'system.project.code': 'p1',
    });
  });
});
