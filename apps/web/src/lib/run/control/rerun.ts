/** The parameters of a run that is done again in part: what they were, and which of them are to be others. Pure. */
import type { ParamField } from '#lib/definition/document.ts';

type Values = Readonly<Record<string, string>>;

/** As the run was started, else as its version says. */
export function valuesOf(params: readonly ParamField[], started: Values): Record<string, string> {
  return Object.fromEntries(params.map(({ name, value }) => [name, started[name] ?? value ?? '']));
}

export function changedFrom(before: Values, typed: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(typed).filter(([name, value]) => value !== before[name]));
}
