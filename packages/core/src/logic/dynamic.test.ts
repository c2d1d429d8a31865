import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DynamicItem } from '../machine/rows.ts';
import type { DynamicConfig } from './configs.ts';
import { dynamicOutputs, expandItems } from './dynamic.ts';

type List = readonly [name: string, values: string, separator?: string];

function config(lists: readonly List[], { exclude = [] as readonly string[], maxItems = 1_000 } = {}): DynamicConfig {
  return {
    workflow: 'child',
    project: null,
    version: null,
    lists: lists.map(([name, values, separator = ',']) => ({ name, values, separator })),
    exclude,
    maxItems,
    parallelism: 1,
  };
}

describe('expandItems', () => {
  it('gives what the reference recorded', () => {
    const lists: readonly List[] = [
      ['param1', 'a,b,c'],
      ['param2', '1. 2 . 3', '.'],
    ];
    expect(expandItems(config(lists, { exclude: ['b', '2'] }), {})).toEqual({
      items: [
        { param1: 'a', param2: '1' },
        { param1: 'a', param2: '3' },
        { param1: 'c', param2: '1' },
        { param1: 'c', param2: '3' },
      ],
    });
  });

  it('reads JSON lists, also from parameters, and keeps what is in them', () => {
    const values = { regions: '["eu", " us ", 3, true, {"a":1}]', data: '${regions}' };
    expect(expandItems(config([['r', '${regions}']]), values)).toEqual({
      items: [{ r: 'eu' }, { r: ' us ' }, { r: '3' }, { r: 'true' }, { r: '{"a":1}' }],
    });
    expect(expandItems(config([['r', '${data}']]), values)).toEqual({ items: [{ r: '${regions}' }] });
    expect(expandItems(config([['r', '\n  ["a",\n  "b"]\n']]), {})).toEqual({ items: [{ r: 'a' }, { r: 'b' }] });
    expect(expandItems(config([['r', '[not json, x']]), {})).toEqual({ items: [{ r: '[not json' }, { r: 'x' }] });
  });

  it('keeps the entries of a written list, whatever their values hold', () => {
    const values = { quoted: 'say "hi", twice', list: '["a","b"]' };
    expect(expandItems(config([['r', '["${quoted}", "${list}", "c"]']]), values)).toEqual({
      items: [{ r: 'say "hi", twice' }, { r: '["a","b"]' }, { r: 'c' }],
    });
    expect(expandItems(config([['r', '[${n}, 2]']]), { n: '1' })).toEqual({ items: [{ r: '1' }, { r: '2' }] });
  });

  it('makes nothing of an empty list, and no value of an empty piece', () => {
    expect(expandItems(config([['r', 'a,, ,b,']]), {})).toEqual({ items: [{ r: 'a' }, { r: 'b' }] });
    for (const empty of ['', '[]', ' , '])
      expect(
        expandItems(
          config([
            ['a', 'x'],
            ['r', empty],
          ]),
          {},
        ),
      ).toEqual({ items: [] });
    expect(expandItems(config([]), {})).toEqual({ items: [] });
  });

  it('says how many items there would be, and drops none', () => {
    const lists: readonly List[] = [
      ['a', '1,2,3'],
      ['b', '1,2'],
    ];
    expect(expandItems(config(lists, { maxItems: 5 }), {})).toEqual({
      problem:
        'The lists make 6 items (a: 3, b: 2), and the task allows 5. Shorten a list, exclude values, or raise maxItems.',
    });
    expect(expandItems(config(lists, { maxItems: 6 }), {})).toMatchObject({ items: { length: 6 } });
    const huge = Array.from({ length: 16 }, (_, i): List => [`l${i}`, 'x,'.repeat(1_000)]);
    expect(expandItems(config(huge), {})).toEqual({ problem: expect.stringContaining('items (l0: 1000') });
  });

  it('resolves time expressions when it is given a time, and reports what it cannot resolve', () => {
    const time = { businessTime: Date.UTC(2026, 0, 31), timezone: 'UTC' };
    expect(expandItems(config([['day', '$[yyyyMMdd],$[yyyyMMdd-1]']]), {}, time)).toEqual({
      items: [{ day: '20260131' }, { day: '20260130' }],
    });
    expect(expandItems(config([['day', '$[yyyy]']]), {})).toEqual({ problem: expect.stringContaining('"day"') });
    expect(expandItems(config([['r', '${gone}']]), {}, time)).toEqual({
      problem: expect.stringContaining('There is no parameter "gone"'),
    });
  });

  it('makes as many items as the sizes multiply to, all different, in order of the lists', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, (counts) => {
        const lists = counts.map(
          (count, i): List => [`l${i}`, JSON.stringify(Array.from({ length: count }, (_, value) => `v${value}`))],
        );
        const expanded = expandItems(config(lists, { maxItems: 6 ** 4 }), {});
        const items = 'items' in expanded ? expanded.items : [];
        expect(items).toHaveLength(counts.reduce((product, count) => product * count, 1));
        const texts = items.map((item) => JSON.stringify(item));
        expect(new Set(texts).size).toBe(texts.length);
        expect(texts.toSorted()).toEqual(texts);
      }),
    );
  });
});

describe('dynamicOutputs', () => {
  it('has everything in one list, and each declared output in one of its own', () => {
    const items = [
      { params: { a: 'a1' }, outputs: { p: 'x' } },
      { params: { a: 'a2' }, outputs: {} },
    ].map((item): DynamicItem => ({ child: null, fromCounter: 0, state: 'success', ...item }));
    expect(dynamicOutputs('load all', [{ name: 'p' }], items)).toEqual({
      p: '["x",null]',
      'dynamic.out(load all)': JSON.stringify([
        { dynParams: { a: 'a1' }, outputValue: { p: 'x' }, mappedTimes: 1 },
        { dynParams: { a: 'a2' }, outputValue: {}, mappedTimes: 2 },
      ]),
    });
    expect(dynamicOutputs('t', [{ name: '__proto__' }], [])).toHaveProperty(['__proto__'], '[]');
  });
});
