/** The settings of a dispatch against a type's own schema. The server checked them; a foreign one may not have. */
import { AppError } from '@vaquita/core';
import type * as z from 'zod/mini';

export function readConfig<Schema extends z.ZodMiniType>(schema: Schema, config: unknown): z.output<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => issue.path.map(String).join('.') || 'the settings');
  throw new AppError(
    'bad_definition',
    `The task's settings are not what this worker expects: see ${places.join(', ')}.`,
  );
}
