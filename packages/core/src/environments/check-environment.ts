/** Whether an environment or a secret can be kept as somebody wants it. No text of a value is ever repeated. */
import type { Problem } from '../errors/app-error.ts';
import { MAX_ENV_BYTES } from '../params/env.ts';
import type { EnvironmentVariable } from './rows.ts';

export const MAX_ENVIRONMENT_VARIABLES = 200;
/** Of all variables of an environment together, names and values; every order to a worker carries them. */
const MAX_ENVIRONMENT_BYTES = 131_072;
/** In UTF-8. More belongs into a file. */
export const MAX_SECRET_BYTES = 16_384;
/** Shorter values are not masked in logs: they would stand for half of every line. */
export const MIN_MASKED_CHARS = 4;

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_VARIABLE_CHARS = 200;

/** Everything that is wrong with the variables, by place; nothing when they can be kept. */
export function checkEnvironmentVariables(variables: readonly EnvironmentVariable[]): readonly Problem[] {
  if (variables.length > MAX_ENVIRONMENT_VARIABLES) {
    const message = `There are ${variables.length} variables; an environment has at most ${MAX_ENVIRONMENT_VARIABLES}`;
    return [{ path: 'variables', message }];
  }
  const problems: Problem[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for (const [index, variable] of variables.entries()) {
    const wrong = whyNoVariable(variable, seen);
    seen.add(variable.name);
    bytes += utf8Bytes(variable.name) + utf8Bytes(variable.value ?? '');
    if (wrong !== undefined) problems.push({ path: `variables[${index}].${wrong.field}`, message: wrong.message });
  }
  if (problems.length === 0 && bytes > MAX_ENVIRONMENT_BYTES) {
    const message = `The variables have ${bytes} bytes together; at most ${MAX_ENVIRONMENT_BYTES} are kept. Move long values into files`;
    return [{ path: 'variables', message }];
  }
  return problems;
}

/** What is wrong with the value of a secret, or undefined when nothing is. */
export function checkSecretValue(value: string): string | undefined {
  if (value === '') return 'A secret has a value';
  if (value.includes('\0')) return 'A value must not hold a NUL character, because no environment variable can';
  const bytes = utf8Bytes(value);
  if (bytes <= MAX_SECRET_BYTES) return undefined;
  return `The value has ${bytes} bytes; at most ${MAX_SECRET_BYTES} are kept`;
}

interface Wrong {
  readonly field: keyof EnvironmentVariable;
  readonly message: string;
}

function whyNoVariable({ name, value, secret }: EnvironmentVariable, seen: ReadonlySet<string>): Wrong | undefined {
  const named = whyNoName(name, seen);
  if (named !== undefined) return { field: 'name', message: named };
  if ((value === null) === (secret === null)) {
    return { field: 'value', message: `Give ${name} either a \`value\` or the name of a \`secret\`` };
  }
  if (value?.includes('\0')) {
    return { field: 'value', message: 'A value must not hold a NUL character, because no environment variable can' };
  }
  if (value !== null && utf8Bytes(`${name}=${value}`) > MAX_ENV_BYTES) {
    return { field: 'value', message: `A variable has at most ${MAX_ENV_BYTES} bytes. Move the value into a file` };
  }
  return undefined;
}

function whyNoName(name: string, seen: ReadonlySet<string>): string | undefined {
  if (!VARIABLE.test(name)) return 'A variable is named with letters, digits and "_", and begins with no digit';
  if (name.length > MAX_VARIABLE_CHARS) return `The name of a variable has at most ${MAX_VARIABLE_CHARS} characters`;
  // Workers tell processes apart by such variables.
  if (/^VAQUITA_/i.test(name)) return 'Names that begin with VAQUITA_ are those of workers. Choose another';
  if (seen.has(name)) return `${name} is there twice`;
  return undefined;
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
