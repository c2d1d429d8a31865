/**
 * Conditions: text such as `${rows} > 0 && ${region} in ['eu', 'us']`, parsed and evaluated here and nowhere else.
 *
 * A parameter is bound as a value after the text has been parsed, so no value can change what a condition says. There
 * are no variables, loops, patterns or objects: a condition reads nothing but its parameters, and changes nothing.
 *
 * E1 No text makes it throw: whatever is wrong is a sentence.
 * E2 No value is read as a part of the condition.
 * E3 Its cost is bounded: by its length, its depth, the text of all parameters it reads, and that of what it builds.
 */
import { MAX_RESOLVED_LENGTH } from '../params/placeholder.ts';
import { isIn } from './expression-functions.ts';
import { type BinarySign, type Node, parseCondition } from './expression-parser.ts';
import { ConditionProblem, type TextPart } from './expression-tokens.ts';
import {
  booleanValue,
  boundValue,
  compare,
  describeValue,
  isEqual,
  numberValue,
  textValue,
  type Value,
} from './expression-values.ts';

type Values = Readonly<Record<string, string>>;

/** The parameters, and how much of their text may still be read (E3). */
interface Scope {
  readonly values: Values;
  left: number;
}

/** Of all parameters together, each counted as often as it is read. */
const MAX_READ = 4 * MAX_RESOLVED_LENGTH;

/** A sentence that says why `text` is no condition and where, or undefined when it is one. */
export function checkExpression(text: string): string | undefined {
  const parsed = guarded(text, () => parseCondition(text));
  return 'problem' in parsed ? parsed.problem : undefined;
}

/** Whether the condition holds. A parameter that does not exist, or values that do not go together, are a problem. */
export function evaluateCondition(
  text: string,
  values: Values,
): { readonly value: boolean } | { readonly problem: string } {
  return guarded(text, () => {
    const value = evaluate(parseCondition(text), { values, left: MAX_READ });
    if (value.type !== 'boolean')
      throw new ConditionProblem(`it gives ${describeValue(value)}, neither true nor false`, 0);
    return value.boolean;
  });
}

/** The parameters that a condition names, each once; none if it cannot be parsed. */
export function conditionParams(text: string): readonly string[] {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.kind === 'param') names.add(node.name);
    else if (node.kind === 'template') for (const part of node.parts) if ('param' in part) names.add(part.param);
    if (node.kind === 'list') node.items.forEach(visit);
    else if (node.kind === 'call') node.args.forEach(visit);
    else if (node.kind === 'unary') visit(node.operand);
    else if (node.kind === 'binary') [node.left, node.right].forEach(visit);
  };
  guarded(text, () => visit(parseCondition(text)));
  return [...names];
}

function guarded<T>(text: string, work: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: work() };
  } catch (thrown) {
    if (!(thrown instanceof ConditionProblem)) throw thrown;
    const where = thrown.at > 0 && text.length > 0 ? ` (at character ${thrown.at + 1})` : '';
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    return { problem: `The condition ${JSON.stringify(shown)} cannot be used: ${thrown.message}${where}.` };
  }
}

function evaluate(node: Node, scope: Scope): Value {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'param':
      return boundValue(paramText(node.name, scope, node.at));
    case 'template':
      return textValue(bounded(node.parts.map((part) => partText(part, scope, node.at)).join(''), node.at));
    case 'list':
      return { type: 'list', items: node.items.map((item) => evaluate(item, scope)) };
    case 'unary': {
      const operand = evaluate(node.operand, scope);
      if (node.sign === '!') return booleanValue(!asBoolean(operand, '!', node.at));
      return numberValue(-asNumber(operand, '-', node.at));
    }
    case 'call':
      return node.run(
        node.args.map((arg) => evaluate(arg, scope)),
        node.at,
      );
    case 'binary':
      return binary(node, scope);
  }
}

function binary({ sign, left, right, at }: Node & { readonly kind: 'binary' }, scope: Scope): Value {
  const first = evaluate(left, scope);
  if (sign === '&&' || sign === '||') {
    // The right side is not looked at when the left decides.
    if (asBoolean(first, sign, at) === (sign === '||')) return first;
    return booleanValue(asBoolean(evaluate(right, scope), sign, at));
  }
  const second = evaluate(right, scope);
  switch (sign) {
    case '==':
      return booleanValue(isEqual(first, second));
    case '!=':
      return booleanValue(!isEqual(first, second));
    case '<':
      return booleanValue(compare(first, second, at) < 0);
    case '<=':
      return booleanValue(compare(first, second, at) <= 0);
    case '>':
      return booleanValue(compare(first, second, at) > 0);
    case '>=':
      return booleanValue(compare(first, second, at) >= 0);
    case 'in':
      return booleanValue(isIn(first, second, at));
  }
  const text = sign === '+' ? joined(first, second, at) : undefined;
  return text ?? numberValue(arithmetic(sign, [asNumber(first, sign, at), asNumber(second, sign, at)], at));
}

function arithmetic(sign: BinarySign, [a, b]: readonly [number, number], at: number): number {
  if ((sign === '/' || sign === '%') && b === 0) throw new ConditionProblem('a division by zero', at);
  const result = sign === '+' ? a + b : sign === '-' ? a - b : sign === '*' ? a * b : sign === '/' ? a / b : a % b;
  if (!Number.isFinite(result)) throw new ConditionProblem(`${a} ${sign} ${b} is too large for a number`, at);
  return result;
}

/** Two texts, or a text and anything that has one. */
function joined(first: Value, second: Value, at: number): Value | undefined {
  if (first.type !== 'text' && second.type !== 'text') return undefined;
  if (first.type === 'list' || second.type === 'list') return undefined;
  return textValue(bounded(first.text + second.text, at));
}

function asBoolean(value: Value, sign: string, at: number): boolean {
  if (value.type === 'boolean') return value.boolean;
  throw new ConditionProblem(`"${sign}" needs true or false, and ${describeValue(value)} is neither`, at);
}

function asNumber(value: Value, sign: string, at: number): number {
  if (value.type === 'number') return value.number;
  throw new ConditionProblem(`"${sign}" needs numbers, and ${describeValue(value)} is none`, at);
}

function partText(part: TextPart, scope: Scope, at: number): string {
  return 'text' in part ? part.text : paramText(part.param, scope, at);
}

function paramText(name: string, scope: Scope, at: number): string {
  if (!Object.hasOwn(scope.values, name)) throw new ConditionProblem(`there is no parameter "${name}"`, at);
  const text = scope.values[name]!;
  scope.left -= text.length;
  if (scope.left < 0) throw new ConditionProblem(`it reads more than ${MAX_READ} characters of parameters`, at);
  return text;
}

function bounded(text: string, at: number): string {
  if (text.length <= MAX_RESOLVED_LENGTH) return text;
  throw new ConditionProblem(`a text grows beyond ${MAX_RESOLVED_LENGTH} characters`, at);
}
