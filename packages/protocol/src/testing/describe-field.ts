/** A field of a message in the words of PROTOCOL.md, from its schema: so that the page cannot say anything else. */
import type * as z from 'zod/mini';

type Schema = z.ZodMiniType;
type Definition = Schema['_zod']['def'] & Readonly<Record<string, unknown>>;

const definitionOf = (schema: Schema) => schema._zod.def as Definition;

export function describeField(schema: Schema): string {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'optional':
      return describeField(definition.innerType as Schema);
    case 'nullable':
      return `${describeField(definition.innerType as Schema)}, or null`;
    case 'boolean':
      return 'true or false';
    case 'custom':
      return 'id';
    case 'unknown':
      return 'anything';
    case 'string':
      return describeText(definition);
    case 'number':
      return describeNumber(definition);
    case 'enum':
      return Object.keys(definition.entries as object)
        .map((value) => `\`${value}\``)
        .join(' · ');
    case 'record':
      return `${describeField(definition.valueType as Schema)} by name`;
    case 'array': {
      const { least, most } = boundsOf(definition, 'length');
      return `list of ${describeField(definition.element as Schema)}${amount(least, most)}`;
    }
    case 'object': {
      const fields = Object.entries(definition.shape as Readonly<Record<string, Schema>>);
      return `{ ${fields.map(([name, field]) => `\`${name}\` ${describeField(field)}`).join('; ')} }`;
    }
    default:
      throw new Error(`There are no words for a schema of type ${definition.type}.`);
  }
}

interface Bounds {
  readonly least: number | undefined;
  readonly most: number | undefined;
  readonly above: number | undefined;
}

/** How zod keeps a check; its own types name each kind of check apart. */
interface Check {
  readonly _zod: { readonly def: Readonly<Record<string, unknown>> };
}

function checksOf(definition: Definition): readonly Check['_zod']['def'][] {
  return ((definition.checks ?? []) as readonly unknown[]).map((check) => (check as Check)._zod.def);
}

function boundsOf(definition: Definition, of: 'length' | 'value'): Bounds {
  let least: number | undefined;
  let most: number | undefined;
  let above: number | undefined;
  for (const check of checksOf(definition)) {
    if (of === 'length' && check.check === 'min_length') least = Number(check.minimum);
    if (of === 'length' && check.check === 'max_length') most = Number(check.maximum);
    if (of === 'value' && check.check === 'less_than') most = Number(check.value);
    if (of === 'value' && check.check === 'greater_than') {
      if (check.inclusive) least = Number(check.value);
      else above = Number(check.value);
    }
  }
  return { least, most, above };
}

function describeText(definition: Definition): string {
  const pattern = checksOf(definition).find(({ check, format }) => check === 'string_format' && format === 'regex');
  if (pattern) return `text like \`${String(pattern.pattern).replaceAll('|', '\\|')}\``;
  const { least, most } = boundsOf(definition, 'length');
  if (most === undefined) return 'text';
  return least === undefined ? `text of at most ${most} characters` : `text of ${least} to ${most} characters`;
}

function describeNumber(definition: Definition): string {
  const whole = definition.format === 'safeint' ? 'whole number' : 'number';
  const { least, most, above } = boundsOf(definition, 'value');
  if (above !== undefined)
    return most === undefined ? `${whole} above ${above}` : `${whole} above ${above}, at most ${most}`;
  if (least !== undefined && most !== undefined) return `${whole} from ${least} to ${most}`;
  if (least !== undefined) return `${whole} from ${least} on`;
  return most === undefined ? whole : `${whole}, at most ${most}`;
}

function amount(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `, ${least} to ${most} of them`;
  if (least !== undefined) return `, at least ${least}`;
  return most === undefined ? '' : `, at most ${most}`;
}
