/** Settings of a plugin that was installed, by the JSON schema that it brings. */
import { AppError, toAppError } from '@vaquita/core';
import * as z from 'zod';
import type { Configured, JsonSchema } from '../alerts/settings-form.ts';

/**
 * What is configured, read as the schema says.
 * @throws AppError `bad_request`: the schema uses what is not supported, such as conditions.
 */
export function configuredBy(title: string, form: JsonSchema): Configured {
  try {
    const settings = z.fromJSONSchema(form as Parameters<typeof z.fromJSONSchema>[0]);
    if (!(settings instanceof z.ZodObject)) throw new Error('It has to describe one object by its properties.');
    return { title, settings, form };
  } catch (cause) {
    const why = toAppError(cause).message;
    throw new AppError('bad_request', `The settings schema of ${title} cannot be used: ${why}`, { cause });
  }
}
