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
