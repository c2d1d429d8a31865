/**
 * The one door through which the words of a plugin come in. What is none of the messages is null, and ignored. A plugin can
 * write here whatever it likes: nothing of it is called or made a text of, and every text is bounded.
 */
import {
  type FieldShape,
  MAX_JSON_CHARS,
  MAX_TEXT_CHARS,
  PLUGIN_FIELDS,
  type PluginField,
  type PluginMessage,
  type PluginShape,
} from './inside/messages.ts';

const MAX_REASON = 2_000;
const MAX_KIND = 50;

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
    const text = typeof field.text === 'string' ? field.text.slice(0, MAX_JSON_CHARS) : null;
    fields[name] = {
      kind: field.kind.slice(0, MAX_KIND),
      text: field.kind === 'string' ? (text?.slice(0, MAX_TEXT_CHARS) ?? null) : text,
    };
  }
  return { plugin: given.plugin.slice(0, MAX_KIND), fields };
}

function readText(given: unknown): string {
  return typeof given === 'string' ? given.slice(0, MAX_REASON) : 'no reason';
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
