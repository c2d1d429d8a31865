import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createResolver,
  findPlaceholders,
  type Lookup,
  literalLookup,
  MAX_RESOLVED_LENGTH,
  resolveText,
} from './placeholder.ts';

const time = { businessTime: Date.UTC(2020, 11, 1, 12, 30), timezone: 'UTC' };

/** Parameters whose values are texts with placeholders of their own. */
function templates(values: Record<string, string>): Lookup {
  return (name) => (Object.hasOwn(values, name) ? { text: values[name]! } : undefined);
}

const resolve = (text: string, values: Record<string, string> = {}) => resolveText(text, templates(values), time);

describe('findPlaceholders', () => {
  it('tells the three kinds apart, with their places', () => {
    const sql = "select '${day}' from !{table} where t > $[yyyy-MM-dd]";
    expect(findPlaceholders(sql).map(({ kind, content }) => [kind, content])).toEqual([
      ['value', 'day'],
      ['raw', 'table'],
      ['time', 'yyyy-MM-dd'],
    ]);
    for (const { start, end, content } of findPlaceholders(sql)) expect(sql.slice(start + 2, end - 1)).toBe(content);
  });

  it('takes a nested one as part of the outer one and skips what is never closed', () => {
    expect(findPlaceholders('${a_${b}} ${open $[open !{c}').map((found) => found.content)).toEqual(['a_${b}', 'c']);
    expect(findPlaceholders(`\${${'x'.repeat(2_000)}}`)).toEqual([]);
  });

  it('reads a text full of openings in a bounded number of steps', () => {
    expect(findPlaceholders('${'.repeat(50_000))).toEqual([]);
  });
});

describe('resolveText', () => {
  it('gives what the reference recorded', () => {
    expect(resolve('test_parameter', { testParameter: 'testParameter' })).toEqual({
      text: 'test_parameter',
      warnings: [],
    });
    const input =
      "${user} is userName, '$[1]' '$[add_months(yyyyMMdd,12*2)]' '$[add_months(yyyyMMdd,-12*2)]' '$[add_months(yyyyMMdd,3)]' '$[add_months(yyyyMMdd,-4)]' '$[yyyyMMdd+7*2]' '$[yyyyMMdd-7*2]'  '$[yyyyMMdd+3]'  '$[0]' '$[yyyyMMdd-3]' '$[HHmmss+2/24]' '$[HHmmss-1/24]' '$[HHmmss+3/24/60]' '$[HHmmss-2/24/60]'  '$[3]'";
    expect(resolve(input, { user: 'Kris' })).toEqual({
      text: "Kris is userName, '$[1]' '20221201' '20181201' '20210301' '20200801' '20201215' '20201117'  '20201204'  '$[0]' '20201128' '143000' '113000' '123300' '122800'  '$[3]'",
      warnings: [],
    });
  });

  it('resolves values within values and names within names', () => {
    expect(resolve('${a}/${dir_${env}}', { a: '${b}-$[yyyy]', b: 'x', env: 'prod', dir_prod: '/p' }).text).toBe(
      'x-2020//p',
    );
  });

  it('leaves what it cannot resolve and says so once', () => {
    expect(resolve('${nope} ${nope} $[foo]')).toEqual({
      text: '${nope} ${nope} $[foo]',
      warnings: [
        { kind: 'unknown', path: '${nope}', message: 'There is no parameter "nope"; ${nope} stays as it is.' },
        {
          kind: 'bad_time',
          path: '$[foo]',
          message: '$[foo] is not a time expression: "f" is not part of a date pattern. It stays as it is.',
        },
      ],
    });
  });

  it("leaves a shell's own expansions and SQL text alone without a word", () => {
    const text = '${HOME:-/root} ${#list[@]} !{table} $HOME $(date) ${}';
    expect(resolve(text, { HOME: 'no', table: 'no' })).toEqual({ text, warnings: [] });
  });

  it('finds the outputs of a dynamic task under their name', () => {
    const lookup = literalLookup({ 'dynamic.out(load all)': '[1]' });
    expect(resolveText('<${dynamic.out(load all)}>', lookup, time)).toEqual({ text: '<[1]>', warnings: [] });
    expect(resolveText('${dynamic.out(gone)}', lookup, time).warnings).toMatchObject([{ kind: 'unknown' }]);
  });

  it('never looks into literal values', () => {
    const lookup = literalLookup({ a: '${b} $[yyyy]', b: 'secret' });
    expect(resolveText('<${a}>', lookup, time)).toEqual({ text: '<${b} $[yyyy]>', warnings: [] });
    expect(literalLookup({})('constructor')).toBeUndefined();
  });

  it('finds a cycle and prints it, also when it is met a second time', () => {
    const resolver = createResolver(templates({ a: '${b}', b: 'x${c}', c: '${a}' }), time);
    const message = 'The value refers to itself: a → b → c → a; ${a} stays as it is.';
    expect(resolver.resolve('${a}')).toEqual({ text: 'x${a}', warnings: [{ kind: 'cycle', path: '${a}', message }] });
    expect(resolver.resolveParam('b').warnings).toEqual([{ kind: 'cycle', path: '${a}', message }]);
    expect(resolve('${a}', { a: '${a}' }).warnings[0]!.message).toContain('a → a');
  });

  it('takes its own name inside a value as the value beneath', () => {
    const source = { text: '${path}:/new', below: { text: '${root}/old', below: { text: 'unused' } } };
    const lookup: Lookup = (name) => (name === 'path' ? source : name === 'root' ? { text: '/r' } : undefined);
    expect(resolveText('${path}', lookup, time)).toEqual({ text: '/r/old:/new', warnings: [] });
  });

  it('stays small when values multiply', () => {
    const values: Record<string, string> = { v0: 'boom boom' };
    for (let i = 1; i <= 60; i++) values[`v${i}`] = `\${v${i - 1}}`.repeat(10);
    const { text, warnings } = resolve('${v60}', values);
    expect(text.length).toBeLessThanOrEqual(MAX_RESOLVED_LENGTH);
    expect(warnings.some(({ message }) => message.includes('longer than'))).toBe(true);
    values.v0 = '${unknown}';
    expect(resolve('${v60}', values).text.length).toBeLessThanOrEqual(MAX_RESOLVED_LENGTH);
  });

  it('refuses chains that are deeper than any person writes', () => {
    const values: Record<string, string> = { v0: 'end' };
    for (let i = 1; i <= 5_000; i++) values[`v${i}`] = `\${v${i - 1}}`;
    expect(resolve('${v5000}', values).warnings[0]!.message).toContain('More than 100');
    expect(resolve('${v99}', values)).toEqual({ text: 'end', warnings: [] });
    expect(() => resolve('${'.repeat(400) + '}'.repeat(400))).not.toThrow();
  });

  it('changes nothing in a text without a dollar, and joins literal values exactly', () => {
    const value = fc.string().map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 8 }), (pairs) => {
        const values = Object.fromEntries(pairs.map(([, text], i) => [`p${i}`, text]));
        const plain = pairs.map(([text]) => text.replace(/[$!]/g, ''));
        const template = plain.map((text, i) => `${text}\${p${i}}`).join('');
        const expected = plain.map((text, i) => text + values[`p${i}`]!).join('');
        expect(resolveText(template, literalLookup(values), time)).toEqual({ text: expected, warnings: [] });
      }),
    );
  });
});
