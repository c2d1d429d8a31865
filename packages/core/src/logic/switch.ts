/** Which successors a switch task chooses: those of the first case whose condition is true. */
import type { SwitchConfig } from './configs.ts';
import { conditionParams, evaluateCondition } from './expression.ts';

export type SwitchDecision =
  | { readonly chosen: readonly string[]; readonly why: string }
  | { readonly problem: string };

/**
 * Looks at the cases in order, up to the first that is true. A condition that cannot be worked out ends the search: to
 * go on would take a branch that nobody chose.
 */
export function decideSwitch(config: SwitchConfig, values: Readonly<Record<string, string>>): SwitchDecision {
  for (const [index, { when, then }] of config.cases.entries()) {
    const place = `Case ${index + 1} of ${config.cases.length}`;
    const result = evaluateCondition(when, values);
    if ('problem' in result) return { problem: `${place} cannot be decided. ${result.problem}` };
    if (result.value)
      return { chosen: then, why: `${place} is true: ${shortened(when, MAX_WHEN)}${shownValues(when, values)}.` };
  }
  if (config.otherwise !== null) return { chosen: config.otherwise, why: 'No case is true, so "otherwise" is taken.' };
  return { problem: 'No case is true, and the task has no "otherwise". Add one, or a case for these values.' };
}

const MAX_WHEN = 200;
const MAX_VALUE = 60;
const MAX_VALUES = 10;

function shownValues(when: string, values: Readonly<Record<string, string>>): string {
  const names = conditionParams(when);
  const shown = names
    .slice(0, MAX_VALUES)
    .map((name) => `${name} = ${JSON.stringify(shortened(values[name] ?? '', MAX_VALUE))}`);
  if (names.length > MAX_VALUES) shown.push('…');
  return shown.length === 0 ? '' : ` (${shown.join(', ')})`;
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
