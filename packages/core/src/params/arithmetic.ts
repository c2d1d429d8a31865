/** The arithmetic of time expressions: numbers, `+ - * /`, parentheses and signs. No names, no eval. */

/** Text made only of arithmetic that holds at least one digit. */
const SHAPE = /^[\d\s()*/+-]*\d[\d\s()*/+-]*$/;
const MAX_LENGTH = 100;

export interface ArithmeticOptions {
  /** `integer` cuts each division towards zero; `exact` keeps fractions. */
  readonly division: 'integer' | 'exact';
}

/** The value, or undefined when the text is not arithmetic (also for a division by zero). */
export function evaluateArithmetic(text: string, { division }: ArithmeticOptions): number | undefined {
  if (text.length > MAX_LENGTH || !SHAPE.test(text)) return undefined;
  const tokens = text.match(/\d+|[()*/+-]/g) ?? [];
  let position = 0;

  function sum(): number {
    let value = product();
    while (tokens[position] === '+' || tokens[position] === '-') {
      value = tokens[position++] === '+' ? value + product() : value - product();
    }
    return value;
  }

  function product(): number {
    let value = signed();
    while (tokens[position] === '*' || tokens[position] === '/') {
      if (tokens[position++] === '*') value *= signed();
      else {
        value /= signed();
        if (division === 'integer') value = Math.trunc(value);
      }
    }
    return value;
  }

  function signed(): number {
    const token = tokens[position++];
    if (token === '-') return -signed();
    if (token === '+') return signed();
    if (token === '(') {
      const value = sum();
      return tokens[position++] === ')' ? value : Number.NaN;
    }
    return token === undefined || !/^\d/.test(token) ? Number.NaN : Number(token);
  }

  const value = sum();
  return position === tokens.length && Number.isFinite(value) ? value : undefined;
}
