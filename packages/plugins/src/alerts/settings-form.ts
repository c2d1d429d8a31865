/**
 * Settings as people and programs deal with them: the JSON schema a form is made of, reading, showing without secrets,
 * and changing without saying every secret again.
 */
import { AppError, checkShape, type Problem } from '@vaquita/core';
import * as z from 'zod';
import { createRedact, secretsIn } from './secrets.ts';

/** A channel or a listener: what is configured. */
export interface Configured {
  readonly title: string;
  readonly settings: z.ZodObject;
  /** Where it is given; made of the settings otherwise. */
  readonly form?: JsonSchema;
}

/** The part of JSON Schema (2020-12) that settings use. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly writeOnly?: boolean;
  /** Says where the secrets are sent. */
  readonly 'x-destination'?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
  readonly [key: string]: unknown;
}

const forms = new WeakMap<Configured, JsonSchema>();

export function settingsForm(owner: Configured): JsonSchema {
  const found = owner.form ?? forms.get(owner) ?? (z.toJSONSchema(owner.settings, { io: 'input' }) as JsonSchema);
  forms.set(owner, found);
  return found;
}

/** Defaults applied. Throws `bad_request` with the place of everything that is wrong; what was given as a secret is not repeated. */
export function readSettings(owner: Configured, given: unknown): Readonly<Record<string, unknown>> {
  const problems: Problem[] = [];
  const settings = checkShape(owner.settings, given, { path: 'settings', problems });
  if (settings !== undefined) return settings;
  const form = settingsForm(owner);
  const redact = createRedact(secretsIn(form, given));
  const ofSecret = ({ path }: Problem) => isSecret(form.properties?.[path.split(/[.[]/)[1] ?? '']);
  throw new AppError('bad_request', `The settings of ${owner.title} are not valid`, {
    problems: problems.map((problem) =>
      ofSecret(problem) ? { ...problem, message: redact(problem.message) } : problem,
    ),
  });
}

/** What may be shown: secrets are left out. `hasSecret` names those that are set. */
export function showSettings(owner: Configured, settings: Readonly<Record<string, unknown>>): ShownSettings {
  const { properties = {} } = settingsForm(owner);
  const shown: Record<string, unknown> = {};
  const hasSecret: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (!isSecret(properties[key])) shown[key] = value;
    else if (isSet(value)) hasSecret.push(key);
  }
  return { settings: shown, hasSecret };
}

export interface ShownSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hasSecret: readonly string[];
}

/**
 * New settings over old ones: a secret that is left out stays, null takes it away. When the place it is sent to changes it
 * must be said again, or whoever may edit a channel could have its secrets sent to himself.
 */
export function changeSettings(
  owner: Configured,
  old: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const properties = Object.entries(settingsForm(owner).properties ?? {});
  const changed: Record<string, unknown> = { ...given };
  const kept: string[] = [];
  for (const [key, schema] of properties) {
    if (!isSecret(schema)) continue;
    if (given[key] === null) delete changed[key];
    else if (given[key] === undefined && isSet(old[key])) {
      changed[key] = old[key];
      kept.push(key);
    }
  }
  const settings = readSettings(owner, changed);
  const moved = properties.filter(([key, schema]) => schema['x-destination'] && !isSame(settings[key], old[key]));
  if (moved.length === 0 || kept.length === 0) return settings;
  const message = `Say this again: "${moved.map(([key]) => key).join('", "')}" has changed, and with it where this is sent`;
  const problems = kept.map((key) => ({ path: `settings.${key}`, message }));
  throw new AppError('bad_request', 'A secret must be said again', { problems });
}

/** A field that is secret as a whole, or holds secrets: then it is shown and said as a whole. */
function isSecret(schema: JsonSchema | undefined): boolean {
  if (schema === undefined) return false;
  return schema.writeOnly === true || isSecret(schema.additionalProperties) || isSecret(schema.items);
}

/** A list or a table without entries holds no secret. */
function isSet(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
