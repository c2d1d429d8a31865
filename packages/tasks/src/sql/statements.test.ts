import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScript } from './statements.ts';

const TIME = { businessTime: Date.UTC(2026, 0, 31, 12), timezone: 'UTC' };

function parse(script: string, params: Record<string, string> = {}) {
  return parseScript(script, params, TIME);
}

function texts(script: string, params: Record<string, string> = {}): string[] {
  return parse(script, params).statements.map(({ sql }) => sql);
}

describe('statements', () => {
  it.each([
    ['select 1; select 2;', ['select 1', 'select 2']],
    ["select ';' ; select 2", ["select ';'", 'select 2']],
    ["select 'it''s; one'", ["select 'it''s; one'"]],
    ['select "a;b", `c;d`, [e;f]', ['select "a;b", `c;d`, [e;f]']],
    ['-- nothing; here\nselect 1 -- end;', ['select 1']],
    ['/* a; b */ select /* c; */ 1;;;', ['select   1']],
    ['  ;  ; -- only a comment', []],
    [
      'create trigger t after insert on a begin update b set x = case when 1 then 2 end; delete from c; end; select 1',
      [
        'create trigger t after insert on a begin update b set x = case when 1 then 2 end; delete from c; end',
        'select 1',
      ],
    ],
    ['begin; select 1; commit', ['begin', 'select 1', 'commit']],
    ['select case when 1 then 2 end; select 3', ['select case when 1 then 2 end', 'select 3']],
  ])('%s', (script, expected) => {
    expect(texts(script)).toEqual(expected);
  });
});

describe('values', () => {
  it('binds parameters and times, with or without quotes around them', () => {
    const { statements, problems } = parse("select ${a}, '${b}', $[yyyyMMdd-1], '$[yyyy]'", { a: 'x', b: "y'z" });
    expect(problems).toEqual([]);
    expect(statements).toEqual([
      {
        sql: 'select ?, ?, ?, ?',
        values: [
          { type: 'text', value: 'x' },
          { type: 'text', value: "y'z" },
          { type: 'text', value: '20260130' },
          { type: 'text', value: '2026' },
        ],
      },
    ]);
  });

  it.each([
    ['42', 'integer'],
    ['-7', 'integer'],
    ['0', 'integer'],
    ['1.5', 'real'],
    ['007', 'text'],
    ['1e5', 'text'],
    ['1.50', 'text'],
    ['-0', 'text'],
    ['99999999999999999999', 'text'],
    ['', 'text'],
  ])('binds %j as %s', (value, type) => {
    expect(parse('select ${v}', { v: value }).statements[0]?.values[0]?.type).toBe(type);
  });

  it('puts !{name} in as text, and it cannot begin another statement', () => {
    expect(texts('select * from !{table}; select 2', { table: 'a; drop table b' })).toEqual([
      'select * from a; drop table b',
      'select 2',
    ]);
  });

  it("leaves paths into JSON and a script's own brackets alone", () => {
    const script = "select json_extract(x, '$[0]'), '${setValue(a=1)}'";
    expect(parse(script)).toMatchObject({ statements: [{ sql: script, values: [] }], problems: [] });
  });

  it('warns about a placeholder in the middle of a literal, and leaves it', () => {
    const { statements, warnings } = parse("select 'day ${a}'", { a: 'x' });
    expect(statements[0]?.sql).toBe("select 'day ${a}'");
    expect(warnings).toEqual([expect.stringContaining('join texts with ||')]);
  });

  it('names every missing parameter', () => {
    expect(parse('select ${a}, !{b}').problems).toEqual([
      'there is no parameter "a" for ${a}',
      'there is no parameter "b" for !{b}',
    ]);
  });

  it('a value never becomes SQL, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const { statements } = parse("insert into t values (${v}, '${v}'); select 1", { v: value });
        expect(statements.map(({ sql }) => sql)).toEqual(['insert into t values (?, ?)', 'select 1']);
        expect(statements[0]?.values.map((bound) => String(bound.value))).toEqual([value, value]);
      }),
    );
  });

  it('binds what a dynamic task left', () => {
    const params = { 'dynamic.out(all cities)': '[{"rows":1},{"rows":2}]' };
    expect(parse('select value from json_each(${dynamic.out(all cities)})', params)).toMatchObject({
      statements: [
        { sql: 'select value from json_each(?)', values: [{ type: 'text', value: '[{"rows":1},{"rows":2}]' }] },
      ],
      problems: [],
    });
  });

  it('ends on any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("'", '"', '[', '--', '/*', ';', '${', '}', '!{a}', 'begin', 'create trigger ', ' ')),
        (parts) => {
          parse(parts.join(''), { a: '1' });
        },
      ),
    );
  });
});

describe('lists in in (…)', () => {
  const list = (script: string, value: string) => {
    const { statements, problems } = parse(script, { list: value, other: 'x' });
    expect(problems).toEqual([]);
    return { sql: statements[0]!.sql, values: statements[0]!.values.map(({ value: bound }) => bound) };
  };

  it.each(['in (${list})', "IN ( '${list}' )", 'not in(${list} /* these */)', 'in ( -- these\n${list}\n)'])(
    'binds every entry in %j',
    (condition) => {
      const { sql, values } = list(`delete from t where x ${condition}`, '["a","b)"]');
      expect(sql).toMatch(/in ?\(\s*\?,\?\s*\)$/i);
      expect(values).toEqual(['a', 'b)']);
    },
  );

  it.each([
    ['in (${list}, 1)', 'in (?, 1)'],
    ['in (1, ${list})', 'in (1, ?)'],
    ['= (${list})', '= (?)'],
    ['in (select value from json_each(${list}))', 'in (select value from json_each(?))'],
  ])('binds one value in %s', (condition, expected) => {
    expect(list(`select x ${condition}`, '["a","b"]')).toEqual({ sql: `select x ${expected}`, values: ['["a","b"]'] });
  });

  it.each(['', 'a', '[a', '{"a":1}', '[1'])('binds %j, which is no list, as one value', (value) => {
    expect(list('select x in (${list})', value)).toEqual({ sql: 'select x in (?)', values: [value] });
  });

  it('matches nothing with an empty list', () => {
    expect(list('select x in (${list})', ' [ ] ')).toEqual({ sql: 'select x in (null)', values: [] });
    expect(list('select x in (${list})', '[null]')).toEqual({ sql: 'select x in (null)', values: [] });
  });

  it('binds numbers as numbers, also long ones, and anything else as its text', () => {
    const { statements } = parse('select x in (${list})', {
      list: '[1, 2.50, 9007199254740993, "9007199254740993,", true, false, [1,"b"], {"c": null}, null]',
    });
    expect(statements[0]?.sql).toBe('select x in (?,?,?,?,?,?,?,?)');
    expect(statements[0]?.values).toEqual([
      { type: 'integer', value: '1' },
      { type: 'real', value: 2.5 },
      { type: 'integer', value: '9007199254740993' },
      { type: 'text', value: '9007199254740993,' },
      { type: 'integer', value: '1' },
      { type: 'integer', value: '0' },
      { type: 'text', value: '[1,"b"]' },
      { type: 'text', value: '{"c":null}' },
    ]);
  });

  it('says what to write for a list that is too long to bind', () => {
    const { problems } = parse('select x in (${list})', { list: JSON.stringify(Array(30_001).fill(1)) });
    expect(problems).toEqual([expect.stringContaining('in (select value from json_each(${list}))')]);
  });

  it('no entry becomes SQL, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (entries) => {
        const { statements } = parse("select x in ('${v}'); select 1", { v: JSON.stringify(entries) });
        const marks = entries.map(() => '?').join(',');
        expect(statements.map(({ sql }) => sql)).toEqual([`select x in (${marks})`, 'select 1']);
        expect(statements[0]?.values.map((bound) => String(bound.value))).toEqual(entries);
      }),
    );
  });
});
