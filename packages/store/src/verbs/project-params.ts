/** A project's parameters as a run reads them. */
import type { ParamDefinition } from '@vaquita/core';

/** By name, as text; one without a value is the empty text. */
export function paramTexts(params: readonly ParamDefinition[]): Readonly<Record<string, string>> {
  return Object.fromEntries(params.map(({ name, value }) => [name, value ?? '']));
}
