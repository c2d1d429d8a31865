/** From tokens to a tree: binding powers for the signs between operands, one function for what an operand may be. */
import { type ConditionFunction, FUNCTIONS, METHODS } from './expression-functions.ts';
import { ConditionProblem, type TextPart, type Token, tokenize } from './expression-tokens.ts';
import { booleanValue, numberValue, textValue, type Value } from './expression-values.ts';

export type BinarySign = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

export type Node =
  | { readonly kind: 'literal'; readonly value: Value; readonly at: number }
  | { readonly kind: 'template'; readonly parts: readonly TextPart[]; readonly at: number }
  | { readonly kind: 'param'; readonly name: string; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: 'unary'; readonly sign: '!' | '-'; readonly operand: Node; readonly at: number }
  | {
      readonly kind: 'binary';
      readonly sign: BinarySign;
      readonly left: Node;
      readonly right: Node;
      readonly at: number;
    }
  | { readonly kind: 'call'; readonly run: ConditionFunction; readonly args: readonly Node[]; readonly at: number };

const MAX_CONDITION_LENGTH = 10_000;
const MAX_DEPTH = 50;

const POWERS: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ['==', 3],
  ['!=', 3],
  ['===', 3],
  ['!==', 3],
  ['<', 4],
  ['<=', 4],
  ['>', 4],
  ['>=', 4],
  ['in', 4],
  ['+', 5],
  ['-', 5],
  ['*', 6],
  ['/', 6],
  ['%', 6],
]);
const SAME: ReadonlyMap<string, BinarySign> = new Map([
  ['===', '=='],
  ['!==', '!='],
]);
const PREFIX_POWER = 7;

/** @throws {ConditionProblem} */
export function parseCondition(text: string): Node {
  if (text.length > MAX_CONDITION_LENGTH)
    throw new ConditionProblem(`it is longer than ${MAX_CONDITION_LENGTH} characters`, 0);
  return parserOf(tokenize(text)).whole();
}

function parserOf(tokens: readonly Token[]) {
  let position = 0;
  let depth = 0;

  function take(): Token {
    const token = tokens[position]!;
    if (token.kind !== 'end') position += 1;
    return token;
  }

  function isSign(sign: string): boolean {
    const token = tokens[position]!;
    return token.kind === 'sign' && token.sign === sign;
  }

  function expectSign(sign: string, after: string): void {
    const token = take();
    if (token.kind !== 'sign' || token.sign !== sign)
      throw new ConditionProblem(`expected "${sign}" ${after}, found ${shown(token)}`, token.at);
  }

  /** What stands between operands here, if anything does. */
  function operator(): string | undefined {
    const token = tokens[position]!;
    if (token.kind === 'sign') return token.sign;
    return token.kind === 'word' && token.word === 'in' ? 'in' : undefined;
  }

  function expression(minimum: number): Node {
    depth += 1;
    if (depth > MAX_DEPTH) throw new ConditionProblem('it is nested too deeply', tokens[position]!.at);
    let left = prefixed();
    for (;;) {
      const sign = operator();
      const power = sign === undefined ? undefined : POWERS.get(sign);
      if (sign === undefined || power === undefined || power < minimum) break;
      const { at } = take();
      left = { kind: 'binary', sign: SAME.get(sign) ?? (sign as BinarySign), left, right: expression(power + 1), at };
    }
    depth -= 1;
    return left;
  }

  function prefixed(): Node {
    const token = tokens[position]!;
    if (token.kind === 'sign' && (token.sign === '!' || token.sign === '-')) {
      take();
      return { kind: 'unary', sign: token.sign, operand: expression(PREFIX_POWER), at: token.at };
    }
    let node = operand();
    while (isSign('.')) {
      take();
      node = method(node);
    }
    return node;
  }

  function operand(): Node {
    const token = take();
    const { at } = token;
    if (token.kind === 'number') return { kind: 'literal', value: numberValue(token.value), at };
    if (token.kind === 'param') return { kind: 'param', name: token.name, at };
    if (token.kind === 'text') {
      const [only] = token.parts;
      if (token.parts.length === 1 && only !== undefined && 'text' in only)
        return { kind: 'literal', value: textValue(only.text), at };
      return { kind: 'template', parts: token.parts, at };
    }
    if (token.kind === 'word') return word(token.word, at);
    if (token.kind === 'sign' && token.sign === '(') {
      const inner = expression(0);
      expectSign(')', 'to close the parenthesis');
      return inner;
    }
    if (token.kind === 'sign' && token.sign === '[') return { kind: 'list', items: commaSeparated(']'), at };
    throw new ConditionProblem(`expected a value, found ${shown(token)}`, at);
  }

  function word(text: string, at: number): Node {
    if (text === 'true' || text === 'false') return { kind: 'literal', value: booleanValue(text === 'true'), at };
    if (isSign('(')) {
      take();
      return call(FUNCTIONS, text, { args: commaSeparated(')'), at, called: text });
    }
    throw new ConditionProblem(
      `"${text}" is not known here; write \${${text}} for a parameter, '${text}' for text`,
      at,
    );
  }

  function method(receiver: Node): Node {
    const token = take();
    if (token.kind !== 'word')
      throw new ConditionProblem(`expected a function after ".", found ${shown(token)}`, token.at);
    let rest: readonly Node[] = [];
    if (isSign('(')) {
      take();
      rest = commaSeparated(')');
    } else if (token.word !== 'length')
      throw new ConditionProblem(`"${token.word}" needs parentheses, as in .${token.word}()`, token.at);
    return call(METHODS, token.word, { args: [receiver, ...rest], at: token.at, called: `.${token.word}` });
  }

  function commaSeparated(close: ')' | ']'): readonly Node[] {
    const items: Node[] = [];
    while (!isSign(close)) {
      items.push(expression(0));
      if (!isSign(',')) break;
      take();
    }
    expectSign(close, 'or ","');
    return items;
  }

  return {
    whole(): Node {
      const node = expression(0);
      const left = take();
      if (left.kind !== 'end')
        throw new ConditionProblem(`expected the end or an operator such as &&, found ${shown(left)}`, left.at);
      return node;
    },
  };
}

interface Called {
  readonly args: readonly Node[];
  readonly at: number;
  readonly called: string;
}

function call(table: typeof FUNCTIONS, name: string, { args, at, called }: Called): Node {
  const found = table.get(name);
  if (found === undefined)
    throw new ConditionProblem(`there is no function ${called}(); there are ${[...table.keys()].join(', ')}`, at);
  if (found.arguments !== args.length) {
    const wanted = found.arguments - (table === METHODS ? 1 : 0);
    throw new ConditionProblem(`${called}() takes ${wanted === 0 ? 'nothing' : wanted} between its parentheses`, at);
  }
  return { kind: 'call', run: found.run, args, at };
}

function shown(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.kind === 'sign') return `"${token.sign}"`;
  if (token.kind === 'word') return `"${token.word}"`;
  if (token.kind === 'param') return `\${${token.name}}`;
  return token.kind === 'number' ? `the number ${token.value}` : 'a text';
}
