/** The kinds of fields that settings are made of. Titles and descriptions are what a form shows. */
import * as z from 'zod';
import { webhookKey } from './signing.ts';

interface Label {
  readonly title: string;
  readonly description?: string;
  /** For a form: shown while the field is empty. */
  readonly examples?: readonly string[];
}

const MAX_LENGTH = 2_000;

/** Never read back; `writeOnly` in the JSON schema. */
export function secret(label: Label) {
  return z
    .string()
    .min(1)
    .max(MAX_LENGTH)
    .meta({ ...label, writeOnly: true });
}

/** Where secrets are sent: whoever changes it must say them again. `x-destination` in the JSON schema. */
export function destination<Field extends z.ZodType>(field: Field, label: Label): Field {
  return field.meta({ ...label, 'x-destination': true }) as Field;
}

export function webAddress() {
  return z
    .url({ protocol: /^https?$/, error: 'This must be an address that begins with http:// or https://' })
    .max(MAX_LENGTH);
}

/** The address of a webhook that needs no other secret: the address is the secret. */
export function secretAddress(label: Label) {
  return z
    .url({ protocol: /^https$/, error: 'This must be an address that begins with https://' })
    .max(MAX_LENGTH)
    .meta({ ...label, writeOnly: true, 'x-destination': true });
}

export function line(label: Label) {
  return z
    .string()
    .min(1)
    .max(MAX_LENGTH)
    .regex(/^[^\r\n]*$/, 'This must be one line')
    .meta({ ...label });
}

/** Headers of a request, kept as secrets; what `reserved` matches is not theirs to set. */
export function secretHeaders(reserved: RegExp) {
  return z
    .record(
      z
        .string()
        .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'This is no name of a header')
        .refine((name) => !reserved.test(name), 'This header is set by Vaquita'),
      z
        .string()
        .max(MAX_LENGTH)
        .regex(/^[\t\x20-\x7e]*$/, 'A header is one line of ASCII')
        .meta({ writeOnly: true }),
    )
    .default({})
    .meta({ title: 'Headers', description: 'For instance Authorization. They are kept as secrets.' });
}

export function signingSecret() {
  return secret({
    title: 'Signing secret',
    description: 'The request is signed with it (Standard Webhooks). Text, or whsec_ and Base64.',
  }).refine((text) => webhookKey(text) !== null, 'After whsec_ there must be Base64');
}
