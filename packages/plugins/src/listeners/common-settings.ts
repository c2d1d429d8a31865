/** Settings that several built-in listeners share. */
import * as z from 'zod';

/** Says where events come from: with their ids it tells them from those of other installations. */
export function eventSource() {
  return z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\x21-\x7e]+$/, 'This must be an address or a path without spaces')
    .default('/vaquita')
    .meta({
      title: 'Source',
      description: 'The CloudEvents attribute "source", such as the address of this server. Tells installations apart.',
    });
}

export function timeoutSeconds() {
  return z.int().min(1).max(300).default(15).meta({ title: 'Time limit in seconds', description: 'For one event.' });
}
