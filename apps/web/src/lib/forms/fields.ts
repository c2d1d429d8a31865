/**
 * The fields of a form that is made of a JSON Schema of settings. Schemas of plugins are anybody's: what this form has no
 * control for is written as JSON. Pure.
 */
import { type SchemaMessages, wordOf } from '../i18n/late/en-schema.ts';

export type FieldKind =
  | 'text'
  | 'multiline'
  | 'number'
  | 'switch'
  | 'choice'
  | 'list'
  | 'map'
  | 'json'
  | 'group'
  | 'rows';

export interface Choice {
  readonly value: unknown;
  readonly text: string;
}

export interface SchemaField {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  /** Said, never shown again; a map or a list as a whole. */
  readonly secret: boolean;
  /** Says where secrets are sent: they have to be said again when it changes. */
  readonly destination: boolean;
  readonly choices: readonly Choice[];
  readonly example: string;
  readonly integer: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly fallback: unknown;
  /** An empty text or list is something else than to leave it out, which brings the default back. */
  readonly emptyCounts: boolean;
  /** Of a group, and of each of several rows. */
  readonly fields: readonly SchemaField[];
  /** What the items of a list may be besides text. */
  readonly items: readonly string[];
  /** Of a list: one item alone may stand without it. */
  readonly orText: boolean;
}

type Loose = Readonly<Record<string, unknown>>;

const isLoose = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * `words`: titles and descriptions in another language, by the text of the schema. `nested`: maps with known keys, lists of
 * such maps and lists of several kinds have fields of their own; otherwise they are written as JSON.
 */
export function fieldsOf(schema: unknown, words: SchemaMessages = {}, nested = false): readonly SchemaField[] {
  if (!isLoose(schema) || !isLoose(schema.properties)) return [];
  const required = new Set(list(schema.required));
  return Object.entries(schema.properties).map(([key, property]) => {
    const own = isLoose(property) ? property : {};
    const field = { ...fieldOf(key, own, required.has(key)), ...(nested ? nestedOf(own, words) : {}) };
    const { title, description } = field;
    return { ...field, title: wordOf(words, title), description: wordOf(words, description) };
  });
}

/** A text that may be as long is written in a box. */
const LONG_TEXT = 10_000;

function nestedOf(schema: Loose, words: SchemaMessages): Partial<SchemaField> {
  const { items, properties, anyOf, maxLength } = schema;
  if (typeOf(schema) === 'object' && isLoose(properties))
    return { kind: 'group', fields: fieldsOf(schema, words, true) };
  if (typeOf(schema) === 'string' && schema.enum === undefined && Number(maxLength) >= LONG_TEXT)
    return { kind: 'multiline' };
  if (typeOf(schema) === 'array' && isLoose(items)) {
    if (isLoose(items.properties)) return { kind: 'rows', fields: fieldsOf(items, words, true) };
    const kinds = scalarsOf(items);
    if (kinds !== undefined) return { kind: 'list', items: kinds };
  }
  const [one, several, ...others] = list(anyOf).filter(isLoose);
  if (one !== undefined && several !== undefined && others.length === 0 && isText(one) && typeOf(several) === 'array') {
    const kinds = isLoose(several.items) ? scalarsOf(several.items) : undefined;
    if (kinds !== undefined) return { kind: 'list', items: kinds, orText: true };
  }
  return {};
}

const SCALARS = ['string', 'integer', 'number', 'boolean'];

/** The types that an item may have; undefined when one of them does not fit on a line. */
function scalarsOf(items: Loose): readonly string[] | undefined {
  if (items.enum !== undefined) return undefined;
  const types = items.anyOf === undefined ? [typeOf(items)] : list(items.anyOf).filter(isLoose).map(typeOf);
  return types.length > 0 && types.every((type) => SCALARS.includes(type)) ? types : undefined;
}

function fieldOf(key: string, schema: Loose, required: boolean): SchemaField {
  const values = 'const' in schema ? [schema.const] : list(schema.enum);
  const kind = kindOf(schema, values);
  const integer = typeOf(schema) === 'integer';
  const above = number(schema.exclusiveMinimum);
  const below = number(schema.exclusiveMaximum);
  return {
    ...{ key, kind, required, integer },
    title: text(schema.title) || key,
    description: text(schema.description),
    secret: isSecret(schema),
    destination: schema['x-destination'] === true,
    choices: values.map((value) => ({ value, text: typeof value === 'string' ? value : JSON.stringify(value) })),
    example: text(list(schema.examples)[0]),
    min: number(schema.minimum) ?? (above === undefined || !integer ? above : above + 1),
    max: number(schema.maximum) ?? (below === undefined || !integer ? below : below - 1),
    fallback: schema.default,
    emptyCounts: emptyCounts(schema),
    ...{ fields: [], items: [], orText: false },
  };
}

function kindOf(schema: Loose, values: readonly unknown[]): FieldKind {
  if (values.length > 0) return 'choice';
  switch (typeOf(schema)) {
    case 'string':
      return schema.format === 'multiline' ? 'multiline' : 'text';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'switch';
    case 'array':
      return isText(schema.items) ? 'list' : 'json';
    case 'object':
      return schema.properties === undefined && isText(schema.additionalProperties) ? 'map' : 'json';
    default:
      return 'json';
  }
}

/** Of several types the first that is something. */
function typeOf(schema: Loose): string {
  return text(Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type);
}

const isText = (schema: unknown) => isLoose(schema) && typeOf(schema) === 'string' && schema.enum === undefined;

function emptyCounts({ default: fallback, minLength, minItems, format, pattern }: Loose): boolean {
  if (Array.isArray(fallback)) return fallback.length > 0 && minItems === undefined;
  if (!text(fallback) || minLength !== undefined || text(format) === 'uri') return false;
  try {
    return new RegExp(text(pattern)).test('');
  } catch {
    return false;
  }
}

function isSecret(schema: unknown): boolean {
  if (!isLoose(schema)) return false;
  return schema.writeOnly === true || isSecret(schema.additionalProperties) || isSecret(schema.items);
}
