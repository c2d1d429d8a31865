/**
 * Placeholders in texts: `${name}` is a parameter, `$[…]` a time expression, `!{name}` a parameter that SQL takes
 * as text instead of as a bound value. Text that cannot be resolved stays as it is, with a warning.
 */
import type { Problem } from '../errors/app-error.ts';
import { evaluateTimeExpression, type TimeContext } from './time-expression.ts';

export interface Placeholder {
  /** `value`: `${name}`; `raw`: `!{name}`; `time`: `$[expression]`. */
  readonly kind: 'value' | 'raw' | 'time';
  /** What stands between the brackets. */
  readonly content: string;
  readonly start: number;
  /** Just past the closing bracket. */
  readonly end: number;
}

/** What a name stands for. */
export interface ParamSource {
  readonly text: string;
  /** True: a value as it is (a task's output, an already resolved parameter), in which `$` means nothing. */
  readonly literal?: boolean;
  /** The value this one replaced: what `${name}` means inside the value of `name` itself. */
  readonly below?: ParamSource;
}

export type Lookup = (name: string) => ParamSource | undefined;

export interface Resolved {
  readonly text: string;
  /** One per distinct placeholder that stayed; `path` is the placeholder. */
  readonly warnings: readonly ResolveWarning[];
}

export interface ResolveWarning extends Problem {
  readonly kind: 'unknown' | 'cycle' | 'bad_time' | 'too_long' | 'too_deep';
}

/** How a parameter may be named by people. */
export const PARAM_NAME = /^[A-Za-z0-9_.-]+$/;

/** What `${…}` may name: a parameter, or `dynamic.out(<task>)`, where a dynamic task leaves what its runs put out. */
export const PARAM_REFERENCE = /^(?:[A-Za-z0-9_.-]+|dynamic\.out\([^{}]+\))$/;

/** Values can name each other; without a bound, a few lines could grow to gigabytes. */
export const MAX_RESOLVED_LENGTH = 1_048_576;
const MAX_DEPTH = 100;

/** The outermost placeholders of a text, in order. A bracket that is never closed makes none. */
export function findPlaceholders(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  const opener = /\$\{|!\{|\$\[/g;
  for (let match = opener.exec(text); match !== null; match = opener.exec(text)) {
    const start = match.index;
    const kind = match[0] === '${' ? 'value' : match[0] === '!{' ? 'raw' : 'time';
    const close = closingBracket(text, start + 2, kind === 'time' ? ']' : '}');
    if (close < 0) continue;
    found.push({ kind, content: text.slice(start + 2, close), start, end: close + 1 });
    opener.lastIndex = close + 1;
  }
  return found;
}

/** The bracket that ends what opens just before `from`, past nested `${…}`; -1 when it does not come soon enough. */
function closingBracket(text: string, from: number, bracket: '}' | ']'): number {
  let depth = 1;
  const limit = Math.min(text.length, from + MAX_CONTENT);
  for (let i = from; i < limit; i++) {
    if (text[i] === bracket) {
      depth -= 1;
      if (depth === 0) return i;
    } else if (bracket === '}' && text[i] === '{' && (text[i - 1] === '$' || text[i - 1] === '!')) depth += 1;
  }
  return -1;
}

/** No name or expression is longer; keeps a text full of openings from being read again and again. */
const MAX_CONTENT = 1_000;

/** Values that need no resolving, as a lookup: what a worker has in its hands. */
export function literalLookup(values: Readonly<Record<string, string>>): Lookup {
  return (name) => (Object.hasOwn(values, name) ? { text: values[name]!, literal: true } : undefined);
}

/** Resolves `${name}` and `$[…]` in a text. `!{name}` is left to SQL. */
export function resolveText(text: string, lookup: Lookup, time: TimeContext): Resolved {
  return createResolver(lookup, time).resolve(text);
}

export interface Resolver {
  resolve(text: string): Resolved;
  /** The resolved value of a parameter, with cycles through its own name found. */
  resolveParam(name: string): Resolved;
}

/** By placeholder, so that each is told once. */
type Warnings = Map<string, Omit<ResolveWarning, 'path'>>;

/** A parameter worked out, with what there was to warn about: told again to everyone who uses it. */
interface Outcome {
  readonly text: string;
  readonly warnings: Warnings;
}

/** Resolves many texts against the same parameters; each parameter is worked out once. */
export function createResolver(lookup: Lookup, time: TimeContext): Resolver {
  /** Looked up once each, so that a source is known again by identity, whatever the lookup returns. */
  const sources = new Map<string, ParamSource | undefined>();
  const done = new Map<ParamSource, Outcome>();
  const path: { readonly name: string; readonly source: ParamSource }[] = [];
  let warnings: Warnings = new Map();

  function warn(at: string, kind: ResolveWarning['kind'], message: string): void {
    warnings.set(at, { kind, message });
  }

  function expand(text: string): string {
    if (!text.includes('$')) return text;
    let out = '';
    let end = 0;
    for (const placeholder of findPlaceholders(text)) {
      out += text.slice(end, placeholder.start);
      end = placeholder.end;
      const original = text.slice(placeholder.start, placeholder.end);
      out += replace(placeholder, original) ?? original;
      if (out.length > MAX_RESOLVED_LENGTH) {
        warn(
          original,
          'too_long',
          `${original} makes the text longer than ${MAX_RESOLVED_LENGTH} characters; it stays as it is.`,
        );
        return text;
      }
    }
    return out + text.slice(end);
  }

  function replace({ kind, content }: Placeholder, original: string): string | undefined {
    if (kind === 'raw') return undefined;
    if (kind === 'time') return replaceTime(content, original);
    const name = content.includes('${') ? expand(content) : content;
    // `${VAR:-x}` and the like are a shell's or a template's own business.
    if (!PARAM_REFERENCE.test(name)) return undefined;
    const top = path.at(-1);
    const source = top?.name === name ? top.source.below : sourceOf(name);
    if (source === undefined) {
      if (top?.name === name) warn(original, 'cycle', cycleText(name));
      else warn(original, 'unknown', `There is no parameter "${name}"; ${original} stays as it is.`);
      return undefined;
    }
    return paramValue(name, source);
  }

  function sourceOf(name: string): ParamSource | undefined {
    if (!sources.has(name)) sources.set(name, lookup(name));
    return sources.get(name);
  }

  function replaceTime(expression: string, original: string): string | undefined {
    const result = evaluateTimeExpression(expression, time);
    if (result.kind === 'value') return result.value;
    if (result.kind === 'invalid')
      warn(original, 'bad_time', `${original} is not a time expression: ${result.reason}. It stays as it is.`);
    return undefined;
  }

  function paramValue(name: string, source: ParamSource): string | undefined {
    if (source.literal === true) return source.text;
    const known = done.get(source) ?? workOut(name, source);
    if (known === undefined) return undefined;
    for (const [at, warning] of known.warnings) warnings.set(at, warning);
    return known.text;
  }

  function workOut(name: string, source: ParamSource): Outcome | undefined {
    if (path.some((step) => step.source === source)) {
      warn(`\${${name}}`, 'cycle', cycleText(name));
      return undefined;
    }
    if (path.length >= MAX_DEPTH) {
      warn(
        `\${${name}}`,
        'too_deep',
        `More than ${MAX_DEPTH} parameters refer to each other; \${${name}} stays as it is.`,
      );
      return undefined;
    }
    const outer = warnings;
    warnings = new Map();
    path.push({ name, source });
    const outcome = { text: expand(source.text), warnings };
    path.pop();
    warnings = outer;
    done.set(source, outcome);
    return outcome;
  }

  function cycleText(name: string): string {
    const from = path.findIndex((step) => step.name === name);
    const names = [...path.slice(Math.max(0, from)).map((step) => step.name), name];
    return `The value refers to itself: ${names.join(' → ')}; \${${name}} stays as it is.`;
  }

  function collect(work: () => string | undefined, otherwise: string): Resolved {
    warnings = new Map();
    const text = work() ?? otherwise;
    return { text, warnings: [...warnings].map(([at, warning]) => ({ path: at, ...warning })) };
  }

  return {
    resolve: (text) => collect(() => expand(text), text),
    resolveParam(name) {
      const source = sourceOf(name);
      return collect(() => (source === undefined ? undefined : paramValue(name, source)), source?.text ?? '');
    },
  };
}
