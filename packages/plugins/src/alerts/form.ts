/** The kinds of fields that settings are made of. Titles and descriptions are what a form shows. */
import * as z from 'zod';

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
