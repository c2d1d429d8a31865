/** What a module exports as its plugin, as plain data: whoever is outside judges it, and never touches the object. */
import type { FieldShape, PluginField, PluginShape } from './messages.ts';
import { MAX_JSON_CHARS, MAX_TEXT_CHARS, PLUGIN_FIELDS } from './messages.ts';

/** Throws what a getter throws. */
export function shapeOf(plugin: unknown): PluginShape {
  const fields = {} as Record<PluginField, FieldShape>;
  const object = typeof plugin === 'object' && plugin !== null ? (plugin as Record<string, unknown>) : {};
  for (const name of PLUGIN_FIELDS) fields[name] = fieldShape(object[name]);
  return { plugin: plugin === undefined ? 'missing' : kindOf(plugin), fields };
}

function fieldShape(value: unknown): FieldShape {
  const kind = kindOf(value);
  if (kind === 'string') return { kind, text: (value as string).slice(0, MAX_TEXT_CHARS) };
  return { kind, text: kind === 'object' ? jsonOf(value) : null };
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value)?.slice(0, MAX_JSON_CHARS) ?? null;
  } catch {
    return null;
  }
}
