/** The one door through which the words of a plugin come in. What is none of the messages is null, and ignored. */
import {
  type FieldShape,
  PLUGIN_FIELDS,
  type PluginField,
  type PluginMessage,
  type PluginShape,
} from './inside/messages.ts';

const MAX_REASON = 2_000;

export function parsePluginMessage(line: string): PluginMessage | null {
  const given = readJson(line);
  if (!isObject(given)) return null;
  switch (given.type) {
    case 'loaded': {
      const shape = readShape(given.shape);
      return shape === null ? null : { type: 'loaded', shape };
    }
    case 'unusable':
      return { type: 'unusable', problem: readText(given.problem) };
    case 'answer':
      if (typeof given.id !== 'number') return null;
      return { type: 'answer', id: given.id, error: given.error === null ? null : readText(given.error) };
    case 'fatal':
      return { type: 'fatal', reason: readText(given.reason) };
    default:
      return null;
  }
}

function readShape(given: unknown): PluginShape | null {
  if (!isObject(given) || typeof given.plugin !== 'string' || !isObject(given.fields)) return null;
  const fields = {} as Record<PluginField, FieldShape>;
  for (const name of PLUGIN_FIELDS) {
    const field = given.fields[name];
    if (!isObject(field) || typeof field.kind !== 'string') return null;
    fields[name] = { kind: field.kind, text: typeof field.text === 'string' ? field.text : null };
  }
  return { plugin: given.plugin, fields };
}

function readText(given: unknown): string {
  return String(given ?? 'no reason').slice(0, MAX_REASON);
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null;
}
