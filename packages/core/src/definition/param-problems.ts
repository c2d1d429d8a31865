/** Parameters of a document: values that YAML read as numbers or lists become text, names and types are held. */
import type { Problem } from '../errors/app-error.ts';
import { createResolver } from '../params/placeholder.ts';
import { checkValue, isTemplate } from '../params/values.ts';
import type { ParamType } from './definition.ts';
import type { ParamInput } from './document-schema.ts';
import { isRecord } from './json-tree.ts';

interface Place {
  readonly path: string;
  readonly problems: Problem[];
}

/** `value: 10` of an integer is written without quotes; a document keeps values as text. */
export function paramValuesAsText(params: unknown, { path, problems }: Place): unknown {
  if (!Array.isArray(params)) return params;
  return params.map((param: unknown, index) => {
    if (!isRecord(param) || param.value === undefined || typeof param.value === 'string') return param;
    const text = valueAsText(param.type, param.value);
    if (text !== undefined) return { ...param, value: text };
    const hint =
      param.value === null
        ? 'Leave the key out, or give "" for empty text.'
        : 'Put it in quotes, or give the parameter the type it has.';
    problems.push({ path: `${path}[${index}].value`, message: `${JSON.stringify(param.value)} is not text. ${hint}` });
    const { value: _, ...rest } = param;
    return rest;
  });
}

function valueAsText(type: unknown, value: unknown): string | undefined {
  if (typeof value === 'number')
    return type === 'integer' || type === 'float' || type === 'json' ? String(value) : undefined;
  if (typeof value === 'boolean') return type === 'boolean' || type === 'json' ? String(value) : undefined;
  if (Array.isArray(value)) return type === 'list' || type === 'json' ? JSON.stringify(value) : undefined;
  return isRecord(value) && type === 'json' ? JSON.stringify(value) : undefined;
}

/** Repeated names, and defaults that are not of their type. */
export function checkParams(params: readonly ParamInput[], place: Place): void {
  checkNames(params, place);
  for (const [index, { type = 'string', value }] of params.entries()) {
    const wrong =
      value === undefined || value === '' || isTemplate(value) ? undefined : checkValue(type as ParamType, value);
    if (wrong !== undefined) place.problems.push({ path: `${place.path}[${index}].value`, message: wrong });
  }
}

export function checkNames(entries: readonly { readonly name: string }[], { path, problems }: Place): void {
  const first = new Map<string, number>();
  for (const [index, { name }] of entries.entries()) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else
      problems.push({
        path: `${path}[${index}].name`,
        message: `The name "${name}" is already that of ${path}[${earlier}].`,
      });
  }
}

/** Workflow parameters that refer to each other in a circle: nothing could ever give them a value. */
export function checkCycles(params: readonly ParamInput[], { path, problems }: Place): void {
  const sources = new Map(params.map(({ name, value = '' }) => [name, { text: value }]));
  const resolver = createResolver((name) => sources.get(name), { businessTime: 0, timezone: 'UTC' });
  const told = new Set<string>();
  for (const [index, { name }] of params.entries()) {
    for (const { kind, message } of resolver.resolveParam(name).warnings) {
      if (kind !== 'cycle' || told.has(message)) continue;
      told.add(message);
      problems.push({ path: `${path}[${index}].value`, message });
    }
  }
}
