/** Start parameters as a form: which control a type gets, and what is wrong with a text before the server is asked. */
import type { ParamField } from './document.ts';

export type Control = 'text' | 'number' | 'boolean' | 'date' | 'multiline';
export type ParamProblem = 'needed' | 'badInteger' | 'badFloat' | 'badJson' | 'badList' | 'badDate';

/** A default with a placeholder is worked out when the run starts, so its field has to take any text. */
const hasPlaceholder = (value: string | undefined): boolean => value !== undefined && /\$[{[]/.test(value);

export function controlOf(param: ParamField): Control {
  if (param.type === 'boolean' && !hasPlaceholder(param.value)) return 'boolean';
  if (param.type === 'json' || param.type === 'list') return 'multiline';
  if (hasPlaceholder(param.value)) return 'text';
  if (param.type === 'integer' || param.type === 'float') return 'number';
  if (param.type === 'date') return 'date';
  return 'text';
}

export function checkParam(param: ParamField, value: string): ParamProblem | undefined {
  if (value === '') return param.value === undefined ? 'needed' : undefined;
  if (hasPlaceholder(value)) return undefined;
  if (param.type === 'integer' && !/^[+-]?\d+$/.test(value.trim())) return 'badInteger';
  if (param.type === 'float' && !(value.trim() !== '' && Number.isFinite(Number(value)))) return 'badFloat';
  if (param.type === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(value.trim())) return 'badDate';
  if (param.type === 'json' && parsed(value) === undefined) return 'badJson';
  if (param.type === 'list' && !Array.isArray(parsed(value))) return 'badList';
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only what differs from the defaults is sent, so that a default that follows the date keeps following it. */
export function changedParams(
  params: readonly ParamField[],
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const param of params) {
    const value = values[param.name] ?? '';
    if (value !== (param.value ?? '') && !(value === '' && param.value === undefined)) changed[param.name] = value;
  }
  return changed;
}
