import { describe, expect, it } from 'vitest';
import type { ParamType } from '../definition/definition.ts';
import { envName, MAX_ENV_BYTES, toEnvironment } from './env.ts';
import { checkStartParams } from './start-params.ts';
import { checkValue, isTemplate } from './values.ts';

describe('checkValue', () => {
  const good: [ParamType, string[]][] = [
    ['string', ['', 'anything\n']],
    ['integer', ['0', '-42', '+7', '123456789012345678901234567890']],
    ['float', ['1', '1.5', '-.5', '1e-3', '2.']],
    ['boolean', ['true', 'false']],
    ['date', ['2024-02-29', '0099-01-01']],
    ['time', ['00:00', '23:59:59', '12:00:00.123']],
    ['timestamp', ['2024-01-01 00:00:00', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00+08:00']],
    ['list', ['[]', '["a",1]']],
    ['json', ['{}', 'null', '"x"', '3']],
    ['file', ['a.csv', '/tmp/ä b']],
  ];
  const bad: [ParamType, string[]][] = [
    ['integer', ['', '1.0', '1e3', ' 1', '0x10', '١']],
    ['float', ['', '.', 'NaN', 'Infinity', '1e999', '1,5']],
    ['boolean', ['True', '1', 'yes', '']],
    ['date', ['2023-02-29', '2024-13-01', '20240101', '2024-1-1', '']],
    ['time', ['24:00', '1:00', '12:60']],
    ['timestamp', ['2024-01-01', '2024-02-30 00:00:00', '2024-01-01 00:00:00 CET', 'now']],
    ['list', ['', 'a,b', '{}']],
    ['json', ['', '{a:1}', 'undefined']],
    ['file', ['', 'a\0b']],
  ];

  it.each(good.flatMap(([type, texts]) => texts.map((text) => [type, text] as const)))('%s takes %j', (type, text) => {
    expect(checkValue(type, text)).toBeUndefined();
  });

  it.each(bad.flatMap(([type, texts]) => texts.map((text) => [type, text] as const)))('%s refuses %j', (type, text) => {
    expect(checkValue(type, text)).toMatch(new RegExp(`is not of type ${type}: give `));
  });

  it('does not repeat a long value', () => {
    expect(checkValue('integer', 'x'.repeat(1_000))!.length).toBeLessThan(200);
  });

  it('knows what can only be checked later', () => {
    expect(['${a}', 'x$[yyyy]'].every(isTemplate)).toBe(true);
    expect(['', '$a', '!{a}', '{}'].some(isTemplate)).toBe(false);
  });
});

describe('toEnvironment', () => {
  it('maps names that a shell cannot have', () => {
    expect(envName('system.biz.date')).toBe('system_biz_date');
    expect(envName('1st-try')).toBe('_1st_try');
    expect(toEnvironment({ 'a.b': '1', c: '' })).toEqual({ env: { a_b: '1', c: '' }, problems: [], leftOut: [] });
  });

  it('gives a contested variable to the name that needs no mapping, else to the first', () => {
    const { env, problems } = toEnvironment({ 'a.b': '1', 'a-b': '2', a_b: '3', 'x.y': '4', 'x-y': '5' });
    expect(env).toEqual({ a_b: '3', x_y: '4' });
    expect(problems.map(({ path }) => path)).toEqual(['params.a.b', 'params.a-b', 'params.x-y']);
    expect(problems[0]!.message).toContain('both the environment variable a_b; "a_b" has it');
  });

  it('leaves out what would keep the process from starting', () => {
    const largest = 'x'.repeat(MAX_ENV_BYTES - 4);
    const { env, problems, leftOut } = toEnvironment({ nul: 'a\0b', big: largest, big2: largest });
    expect(Object.keys(env)).toEqual(['big']);
    expect(problems.map(({ path }) => path)).toEqual(['params.nul', 'params.big2']);
    expect(leftOut).toEqual(['nul', 'big2']);
  });
});

describe('checkStartParams', () => {
  const params = [
    { name: 'date', type: 'date' },
    { name: 'limit', type: 'integer', value: '10' },
  ] as const;

  it('takes sound values and leaves defaults to the definition', () => {
    expect(checkStartParams({ params }, { date: '2024-01-01' })).toEqual({
      values: { date: '2024-01-01' },
      problems: [],
    });
    expect(checkStartParams({ params }, { date: '$[yyyy-MM-dd]', limit: '5' }).problems).toEqual([]);
  });

  it('reports everything that is wrong at once', () => {
    expect(checkStartParams({ params }, { limt: '5', limit: 'five' })).toEqual({
      values: {},
      problems: [
        { path: 'params.limt', message: 'The workflow has no parameter "limt". Did you mean "limit"?' },
        { path: 'params.limit', message: '"five" is not of type integer: give a whole number such as 42.' },
        { path: 'params.date', message: '"date" (date) has no default: give a value to start the workflow.' },
      ],
    });
    expect(checkStartParams({ params: [] }, { x: '1' }).problems[0]!.message).toContain('It has none.');
  });
});
