import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParamType } from '../definition/definition.ts';
import { createOutputCollector } from './outputs.ts';

interface Options {
  readonly maxBytes?: number;
  readonly types?: Readonly<Record<string, ParamType>>;
}

function collect(lines: readonly string[], { maxBytes, types = {} }: Options = {}) {
  const names = new Set([...Object.keys(types), 'name', 'age', 'sql']);
  const declared = [...names].map((name) => ({ name, type: types[name] ?? ('string' as const) }));
  const collector = createOutputCollector(maxBytes === undefined ? { declared } : { declared, maxBytes });
  for (const line of lines) collector.addLine(line);
  return collector.finish();
}

describe('setValue, as the reference recorded it', () => {
  const long = ['', '${setValue(name=name=tom', 'name=name=tom', 'name=name=tom', 'name=name=tom', 'name=name=tom)}'];

  it.each([
    ['no line', [], {}],
    ['one line', ['', '${setValue(name=name=tom)}'], { name: 'name=tom' }],
    [
      'several lines',
      ['', '${setValue(sql=select * from table', 'where', 'id = 1', ')}'],
      { sql: 'select * from table\nwhere\nid = 1\n' },
    ],
    ['after other text', ['', 'INFO: ${setValue(name=tom)}', 'INFO: ${setValue(age=1)}'], { name: 'tom', age: '1' }],
    ['many lines', long, { name: 'name=tom\nname=name=tom\nname=name=tom\nname=name=tom\nname=name=tom' }],
  ])('%s', (_, lines, values) => {
    expect(collect(lines)).toMatchObject({ values, problems: [] });
  });

  it('drops a value beyond the bound and says what to do', () => {
    const { values, problems } = collect(['${setValue(name=123456789', '12345', ')}'], { maxBytes: 10 });
    expect(values).toEqual({});
    expect(problems).toEqual([
      {
        path: 'outputs.name',
        message: 'The output "name" makes the outputs larger than 10 bytes. Write it to a file and give its path.',
      },
    ]);
  });
});

describe('createOutputCollector', () => {
  it('reads set-output lines with escapes, and the last one wins', () => {
    const lines = ['::set-output name=a', '  ::set-output name=b%0Ac%0dd%25e=f\r', 'echo ::set-output age=3'];
    expect(collect(lines).values).toEqual({ name: 'b\nc\rd%e=f' });
  });

  it('reads several on a line, and what follows the end of a block', () => {
    const lines = ['#{setValue(name=a)} and ${setValue(age=1)}', '${setValue(sql=x', 'y)} ${setValue(name=b)}'];
    expect(collect(lines).values).toEqual({ name: 'b', age: '1', sql: 'x\ny' });
  });

  it('ignores what is not declared, with a warning, and names what was not set', () => {
    const { values, problems, warnings } = collect([
      '::set-output rows=1',
      '::set-output name=a',
      '::set-output age=1',
    ]);
    expect(values).toEqual({ name: 'a', age: '1' });
    expect(problems).toEqual([]);
    expect(warnings.map(({ path }) => path)).toEqual(['outputs.rows', 'outputs.sql']);
  });

  it('refuses a value of the wrong type', () => {
    const { values, problems } = collect(['::set-output age=many'], { types: { age: 'integer' } });
    expect(values).toEqual({});
    expect(problems).toEqual([
      {
        path: 'outputs.age',
        message:
          'The output "age" was set to something else than declared: "many" is not of type integer: give a whole number such as 42.',
      },
    ]);
  });

  it('reports a block that never ends, and does not swallow the log behind one that is too long', () => {
    expect(collect(['${setValue(name=a', 'more']).problems[0]!.message).toContain('never closed');
    const lines = ['${setValue(name=a', ...Array.from({ length: 2_000 }, () => 'log'), '::set-output age=1'];
    const { values, problems } = collect(lines);
    expect(values).toEqual({ age: '1' });
    expect(problems.map(({ path }) => path)).toEqual(['outputs.name']);
  });

  it('bounds all outputs together, in bytes', () => {
    const { values, problems } = collect(['::set-output name=aaaa', '::set-output age=中中'], { maxBytes: 15 });
    expect(values).toEqual({ name: 'aaaa' });
    expect(problems.map(({ path }) => path)).toEqual(['outputs.age']);
    expect(collect(['::set-output name=aaaa', '::set-output age=中'], { maxBytes: 15 }).problems).toEqual([]);
  });

  it('forgets that a value was too large when a smaller one follows', () => {
    const lines = ['::set-output name=aaaaaaaaaaaaaaaaaaaa', '::set-output name=b'];
    expect(collect(lines, { maxBytes: 15 })).toMatchObject({ values: { name: 'b' }, problems: [] });
  });

  it('takes any value through set-output when it is escaped', () => {
    const escaped = (text: string): string => text.replace(/%/g, '%25').replace(/\n/g, '%0A').replace(/\r/g, '%0D');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(collect([`::set-output name=${escaped(value)}`]).values.name).toBe(value);
      }),
    );
  });
});
