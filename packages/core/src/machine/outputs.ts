/** The declared outputs of a task, taken from what the runs it started put out. */
import type { OutputDefinition } from '../definition/definition.ts';
import { checkValue } from '../params/values.ts';

export interface CheckedOutputs {
  readonly values: Readonly<Record<string, string>>;
  /** The first value of the wrong type, in a sentence. */
  readonly problem: string | undefined;
}

export function checkedOutputs(
  declared: readonly OutputDefinition[],
  given: Readonly<Record<string, string>>,
): CheckedOutputs {
  const values: [string, string][] = [];
  let problem: string | undefined;
  for (const { name, type } of declared) {
    const value = given[name];
    if (value === undefined) continue;
    const wrong = checkValue(type, value);
    if (wrong === undefined) values.push([name, value]);
    else problem ??= `${name}: ${wrong}`;
  }
  return { values: Object.fromEntries(values), problem };
}
