/** Whether what a module exports is a listener plugin, in words for whoever has written it. Pure. */
import type { InspectedPlugin } from '@vaquita/core';
import { MAX_JSON_CHARS, PLUGIN_FIELDS, type PluginField, type PluginShape } from './inside/messages.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME = 63;
const MAX_SCHEMA_CHARS = MAX_JSON_CHARS - 1;
const VALUE_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];

/** What each field may be; `undefined` where it may be left out. */
const KINDS: Readonly<Record<PluginField, readonly string[]>> = {
  name: ['string'],
  title: ['string', 'undefined'],
  version: ['string', 'undefined'],
  settings: ['object'],
  open: ['function', 'undefined'],
  onEvent: ['function'],
  close: ['function', 'undefined'],
};

/** `taken`: names of the plugins that come with the server. */
export function readPlugin({ plugin, fields }: PluginShape, taken: readonly string[]): InspectedPlugin {
  if (plugin === 'missing') return bad('it has no default export; write: export default defineListener({ … })');
  if (plugin !== 'object') return bad(`its default export must be an object, and is: ${plugin}`);
  for (const field of PLUGIN_FIELDS) {
    const { kind } = fields[field];
    if (!KINDS[field].includes(kind)) return bad(`${field} must be ${article(KINDS[field][0]!)}, and is: ${kind}`);
  }
  const name = fields.name.text ?? '';
  if (!NAME.test(name) || name.length > MAX_NAME) {
    return bad(
      `name must be lower-case letters, digits and single dashes, beginning with a letter, at most ${MAX_NAME}; it is ${JSON.stringify(name)}`,
    );
  }
  if (taken.includes(name)) return bad(`name: ${name} is a plugin that comes with the server; choose another name`);
  const settings = readSchema(fields.settings.text);
  if (typeof settings === 'string') return bad(`settings: ${settings}`);
  return { ok: true, name, title: fields.title.text || name, version: fields.version.text || '0.0.0', settings };
}

/** The schema, or what is wrong with it. A form is made of it, so it must say what its properties are. */
function readSchema(json: string | null): Readonly<Record<string, unknown>> | string {
  if (json === null) return 'it must be plain data, and cannot be written as JSON';
  if (json.length > MAX_SCHEMA_CHARS) return `it must have at most ${MAX_SCHEMA_CHARS} characters as JSON`;
  const schema = parsed(json);
  if (!isObject(schema) || schema.type !== 'object') return 'it must be a JSON Schema with "type": "object"';
  const properties = schema.properties ?? {};
  if (!isObject(properties)) return 'its "properties" must be an object';
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) return `its property "${name}" must be a JSON Schema`;
    const isKnown = VALUE_TYPES.includes(property.type as string) || 'enum' in property || 'const' in property;
    if (!isKnown) return `its property "${name}" needs a "type" of ${VALUE_TYPES.join(', ')}, or an "enum"`;
  }
  const required = schema.required ?? [];
  if (!Array.isArray(required)) return 'its "required" must be an array';
  const unknown = required.findIndex((name) => typeof name !== 'string' || !Object.hasOwn(properties, name));
  return unknown === -1 ? schema : `it requires ${JSON.stringify(required[unknown])}, which is none of its properties`;
}

/** Null for what is no JSON: the text comes from the plugin. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function bad(problem: string): InspectedPlugin {
  return { ok: false, problem };
}

function article(kind: string): string {
  if (kind === 'function') return 'a function';
  return kind === 'object' ? 'an object (a JSON Schema)' : 'a text';
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
