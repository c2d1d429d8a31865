/** Checks what a caller gives at the start of a run against the workflow's parameters, all problems at once. */
import type { ParamDefinition } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { checkValue, isTemplate } from './values.ts';

export interface StartParams {
  /** The given values that are sound; what is absent comes from the definition's defaults. */
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
}

export function checkStartParams(
  definition: { readonly params: readonly ParamDefinition[] },
  given: Readonly<Record<string, string>>,
): StartParams {
  const known = new Map(definition.params.map((param) => [param.name, param]));
  const problems: Problem[] = [];
  const values: [string, string][] = [];
  for (const [name, value] of Object.entries(given)) {
    const path = `params.${name}`;
    const param = known.get(name);
    if (param === undefined) {
      const hint =
        didYouMean(name, known.keys()) ||
        (known.size === 0 ? ' It has none.' : ` It has: ${[...known.keys()].join(', ')}.`);
      problems.push({ path, message: `The workflow has no parameter "${name}".${hint}` });
      continue;
    }
    const wrong = isTemplate(value) ? undefined : checkValue(param.type, value);
    if (wrong === undefined) values.push([name, value]);
    else problems.push({ path, message: wrong });
  }
  for (const { name, type, value } of definition.params) {
    if (value !== undefined || Object.hasOwn(given, name)) continue;
    problems.push({
      path: `params.${name}`,
      message: `"${name}" (${type}) has no default: give a value to start the workflow.`,
    });
  }
  return { values: Object.fromEntries(values), problems };
}
