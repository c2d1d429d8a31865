import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExpression, conditionParams, evaluateCondition } from './expression.ts';

const VALUES = {
  rows: '1200',
  price: '1.50',
  ok: 'true',
  region: 'eu',
  day: '20260131',
  date: '2026-01-31',
  code: '007',
  id: '12345678901234567890',
  tags: '["red","green",3]',
  empty: '',
  'dynamic.out(load all)': '[]',
};

const holds = (text: string) => {
  const result = evaluateCondition(text, VALUES);
  return 'value' in result ? result.value : result.problem;
};

describe('conditions', () => {
  it.each([
    '${rows} > 1000',
    '${rows} >= 1200 && ${rows} <= 1200',
    "${region} == 'eu'",
    '${region} == "eu" && ${region} != "us"',
    '${ok}',
    '!(${rows} < 10) && ${ok}',
    "${region} in ['us', 'eu']",
    "${region} === 'eu' && 1 !== 2",
    '1 + 2 * 3 == 7 && (1 + 2) * 3 == 9',
    '10 - 2 - 3 == 5 && 7 / 2 == 3.5 && 7 % 4 == 3 && -2 * -3 == 6',
    '${price} * 2 == 3 && ${price} == 1.5 && ${price} == "1.50"',
    "'a' + ${price} == 'a1.50' && ${rows} + 'x' == '1200x'",
    "${day} == '20260131' && ${day}.startsWith('2026') && '20260201' > ${day}",
    "${date} >= '2026-01-01' && ${date} < '2026-02-01'",
    "${code} == '007' && ${code} != '7' && number(${code}) == 7",
    "${id} == '12345678901234567890' && ${id} != '12345678901234567891'",
    "'abc'.contains('b') && 'abc'.includes('c') && 'abc'.endsWith('bc') && !'abc'.startsWith('b')",
    "['abc', 'def'].includes('abc') && !['abc', 'def'].contains('ab')",
    "'red' in ${tags} && 3 in ${tags} && !('re' in ${tags})",
    "size('añ😀') == 3 && 'ab'.length() == 2 && 'ab'.length == 2 && [1, 2].size() == 2 && length([]) == 0",
    "' Ab '.trim().toLowerCase() == 'ab' && 'ab'.toUpperCase() == 'AB'",
    "'${region}-${rows}' == 'eu-1200' && \"${rows}\".size() == 4",
    "'it\\'s' == \"it's\" && '\\${x}' == '$' + '{x}' && 'a\\n' != 'a'",
    "${ok} == 'true' && ${ok} != 'yes' && ${ok} != 1",
    '[1, [2, "x"]] == [1, [2, "x"]] && [1] != [1, 2] && [1] != "1"',
    "${empty} == '' && size(${empty}) == 0",
    'false && ${missing} || true',
    "'x' == 'x' || 1 / 0 > 1",
    '${dynamic.out(load all)}.size() == 2',
    'string(${rows}) + 1 == "12001"',
  ])('%s', (text) => {
    expect(checkExpression(text)).toBeUndefined();
    expect(holds(text)).toBe(true);
    expect(holds(`!(${text})`)).toBe(false);
  });

  it.each([
    ['', 'expected a value, found the end'],
    ['${rows} = 1', '"=" means nothing here; write == to compare (at character 9)'],
    ['${rows} & ${ok}', 'write && for "and"'],
    ['region == 1', '"region" is not known here; write ${region} for a parameter, \'region\' for text'],
    ["'open", "the quote ' is not closed"],
    ["'\\x'", 'in quotes stands before one of'],
    ['$[yyyyMMdd] > 1', 'a time expression cannot stand in a condition'],
    ['$rows > 1', 'a "$" begins a parameter such as ${region}'],
    ['(1 == 1', 'expected ")" to close the parenthesis, found the end'],
    ['1 == 1 2', 'expected the end or an operator such as &&, found the number 2 (at character 8)'],
    ["'a'.matches('b')", 'there is no function .matches(); there are contains,'],
    ["'a'.constructor", '"constructor" needs parentheses'],
    ["'a'.constructor('x')", 'there is no function .constructor()'],
    ["'a'.startsWith()", '.startsWith() takes 1 between its parentheses'],
    ["'a'.trim(1)", '.trim() takes nothing between its parentheses'],
    ['12345678901234567890 == 1', 'is too large for a number; write it in quotes'],
    ['[1, 2', 'expected "]" or ","'],
    [`${'('.repeat(60)}1${')'.repeat(60)} == 1`, 'nested too deeply'],
    ['1 == 1 || '.repeat(2_000), 'longer than 10000 characters'],
  ])('says what is wrong with %s', (text, message) => {
    expect(checkExpression(text)).toContain(message);
    expect(holds(text)).toBe(checkExpression(text));
  });

  it.each([
    ['${missing} == 1', 'there is no parameter "missing"'],
    ['${constructor} == 1', 'there is no parameter "constructor"'],
    ['"x${missing}" == 1', 'there is no parameter "missing"'],
    ['${rows}', 'it gives the number 1200, neither true nor false'],
    ['${region} && 1 == 1', '"&&" needs true or false, and the text "eu" is neither'],
    ['!${rows}', '"!" needs true or false'],
    ['${region} > 1', 'the text "eu" and the number 1 have no order'],
    ['${ok} < true', 'have no order'],
    ["'5' * 2 == 10", '"*" needs numbers, and the text "5" is none'],
    ['true + 1 == 2', '"+" needs numbers, and the boolean true is none'],
    ['[1] + "a" == "a"', '"+" needs numbers, and a list of 1 is none'],
    ['1 / 0 == 1', 'a division by zero (at character 3)'],
    ['1e308 * 10 > 1', 'is too large for a number'],
    ['1 in ${region}', '"in" needs a list on its right, and the text "eu" is none'],
    ['1 in 5', '"in" needs a list on its right'],
    ['[1].trim() == "1"', 'a list stands where a text is needed'],
    ['number(${region}) == 1', 'the text "eu" is not a number'],
  ])('says why %s cannot be worked out', (text, message) => {
    expect(checkExpression(text)).toBeUndefined();
    expect(holds(text)).toContain(message);
    expect(holds(text)).toMatch(/^The condition .* cannot be used: .*\.$/);
  });

  it('names its parameters, each once', () => {
    expect(conditionParams("${a} > size(${b}) && !('x${c}' in [${a}, -${d}])")).toEqual(['a', 'b', 'c', 'd']);
    expect(conditionParams('${a} =')).toEqual([]);
  });

  it('stays small and quick, whatever the values are (E3)', () => {
    const problem = (text: string, big: string) => {
      const result = evaluateCondition(text, { big });
      return 'problem' in result ? result.problem : '';
    };
    const large = 'x'.repeat(300_000);
    expect(problem(`${Array(12).fill('${big}').join('+')} == 'x'`, large)).toContain('grows beyond');
    expect(problem(`'${'${big}'.repeat(12)}' == 'x'`, large)).toContain('grows beyond');
    const often = Array(500).fill("'y' in ${big}").join(' || ');
    expect(problem(often, JSON.stringify([large]))).toContain('it reads more than');
    expect(problem('${big}.contains(${big})', 'x'.repeat(1_001))).toContain('is looked for is longer than 1000');
  });

  it('takes every value as a value, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (v) => {
        expect(
          evaluateCondition('${v} == ${same} && "${v}" == "${same}" && ${v} in [${same}]', { v, same: v }),
        ).toEqual({
          value: true,
        });
        expect(evaluateCondition('size("${v}") < 0', { v })).toEqual({ value: false });
      }),
    );
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      ...['${a}', '${b}', '1', '2.5', "'x'", '"y"', 'true', '==', '!=', '<', '>=', '&&', '||', '!', '+', '-', '*'],
      ...[
        '/',
        '%',
        '(',
        ')',
        '[',
        ']',
        ',',
        '.',
        'in',
        'size',
        'number',
        'length',
        'contains',
        ' ',
        '$',
        '{',
        "'",
        '\\',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.string(), (pieces, b) => {
        const text = pieces.join('');
        const result = evaluateCondition(text, { a: '1', b });
        const wrong = checkExpression(text);
        if (wrong !== undefined) expect(result).toEqual({ problem: wrong });
      }),
      { numRuns: 2_000 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void evaluateCondition(text, {})));
  });
});
