/** Holds a value against a zod object and tells every deviation as a sentence with its place. */
import type * as z from 'zod';
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';

/** Looking for what was meant costs a pass over all known keys; beyond this many the answer goes without. */
const MAX_HINTS = 20;

type Path = readonly PropertyKey[];

/** The value as the schema reads it, or undefined with the problems added to `problems`. */
export function checkShape<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  at: { readonly path: string; readonly problems: Problem[] },
): z.output<Schema> | undefined {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) at.problems.push(...toProblems(issue, schema, at.path));
  return undefined;
}

function toProblems(issue: z.core.$ZodIssue, schema: unknown, base: string): Problem[] {
  const meant = issue.code === 'invalid_union' ? meantOption(issue) : undefined;
  if (issue.code === 'invalid_union' && meant !== undefined) {
    const option = schemaAt(schema, issue.path)?.options?.[meant];
    const within = joinPath(base, issue.path);
    return issue.errors[meant]!.flatMap((one) => toProblems(one, option, within));
  }
  if (issue.code !== 'unrecognized_keys') return [{ path: joinPath(base, issue.path), message: sentence(issue) }];
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key, index) => ({
    path: joinPath(base, [...issue.path, key]),
    message: `There is no key "${key}" here.${index < MAX_HINTS ? hint(key, known) : ''}`,
  }));
}

function hint(key: string, known: readonly string[]): string {
  return didYouMean(key, known) || (known.length === 0 ? '' : ` Known: ${known.join(', ')}.`);
}

/**
 * Which of several forms a value was meant to have: the one of its kind that it comes closest to. None when the value is
 * of no form's kind, or equally far from two of them.
 */
function meantOption({ errors }: z.core.$ZodIssueInvalidUnion): number | undefined {
  const near = errors
    .map((issues, index) => ({ index, distance: distanceOf(issues) }))
    .filter(({ distance }) => distance !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a.distance - b.distance);
  return near[0] !== undefined && near[0].distance !== near[1]?.distance ? near[0].index : undefined;
}

/** How many keys would have to change; infinite for a value of another kind. What is wrong deeper inside says nothing. */
function distanceOf(issues: readonly z.core.$ZodIssue[]): number {
  let distance = 0;
  for (const issue of issues) {
    if (issue.path.length > 1) continue;
    if (issue.code === 'unrecognized_keys') distance += issue.path.length === 0 ? issue.keys.length : 0;
    else if (issue.code === 'invalid_type' && issue.path.length === 0) return Number.POSITIVE_INFINITY;
    else distance += 1;
  }
  return distance;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = EXPECTED[issue.expected] ?? issue.expected;
      return issue.input === undefined
        ? `This key is missing: give ${wanted}.`
        : `Must be ${wanted}, not ${describe(issue.input)}.`;
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, values) : '';
      if (issue.input === undefined) return `This key is missing: give one of ${values.join(', ')}.`;
      return `Must be one of ${values.join(', ')}, not ${describe(issue.input)}.${hint}`;
    }
    case 'too_small':
      return sized(issue.origin, 'least', issue.minimum);
    case 'too_big':
      return sized(issue.origin, 'most', issue.maximum);
    case 'invalid_key':
      return issue.issues[0] === undefined ? 'This key is not allowed here.' : `This key ${issue.issues[0].message}`;
    case 'invalid_union':
      return issue.input === undefined ? issue.message.replace(/^Must be/, 'This key is missing: give') : issue.message;
    default:
      return issue.message;
  }
}

function sized(origin: string, bound: 'least' | 'most', limit: number | bigint): string {
  if (bound === 'least' && limit === 1 && origin !== 'number' && origin !== 'int') return 'Must not be empty.';
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
  return `Must be at ${bound} ${limit}${unit}.`;
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The keys an object inside a schema may have. */
function knownKeys(schema: unknown, path: Path): string[] {
  return [...new Set(formsOf(schemaAt(schema, path)).flatMap(({ shape }) => Object.keys(shape ?? {})))];
}

/** The parts of zod's own description of a schema that are walked here. */
interface Description {
  readonly innerType?: Described;
  readonly getter?: () => Described;
  readonly element?: Described;
  readonly shape?: Readonly<Record<string, Described>>;
  readonly options?: readonly Described[];
}

interface Described {
  readonly def?: Description;
}

function schemaAt(schema: unknown, path: Path): Description | undefined {
  let at = unwrap(schema as Described | undefined);
  for (const step of path) {
    const inner = formsOf(at).flatMap(({ element, shape }) => element ?? shape?.[String(step)] ?? []);
    at = unwrap(inner[0]);
  }
  return at;
}

/** The forms that a value may have where there are several, else the one. */
function formsOf(at: Description | undefined): readonly Description[] {
  if (at === undefined) return [];
  return at.options === undefined ? [at] : at.options.flatMap((option) => formsOf(unwrap(option)));
}

function unwrap(schema: Described | undefined): Description | undefined {
  let at = schema?.def;
  while (at?.innerType !== undefined || at?.getter !== undefined) at = (at.innerType ?? at.getter?.())?.def;
  return at;
}

/** `tasks[2]` and `['retry', 'times']` → `tasks[2].retry.times`. */
export function joinPath(base: string, path: Path): string {
  let text = base;
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
  }
  return text;
}
