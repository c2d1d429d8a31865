/**
 * Which value a task gets for each parameter name. From high to low: start parameters, the task's own, outputs of
 * tasks before it, the workflow's, the project's, built-ins.
 */
import type { ParamDefinition, ParamType } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import { createResolver, type ParamSource } from './placeholder.ts';
import type { TimeContext } from './time-expression.ts';
import { checkValue } from './values.ts';

export interface ParamLayers {
  /** As given at the start of the run. */
  readonly start: Readonly<Record<string, string>>;
  readonly local: readonly ParamDefinition[];
  /** Outputs of the tasks before, in order of their end: of equal names the last wins. */
  readonly upstream: readonly { readonly name: string; readonly value: string }[];
  readonly workflow: readonly ParamDefinition[];
  readonly project: Readonly<Record<string, string>>;
  readonly builtIns: Readonly<Record<string, string>>;
  readonly time: TimeContext;
}

export interface ResolvedParams {
  readonly values: Readonly<Record<string, string>>;
  /** What could not be resolved or is of the wrong type, at `params.<name>`. The value is given as it is. */
  readonly problems: readonly Problem[];
}

/**
 * Lays the sources over each other and resolves what they say. An empty value of the task's own hides nothing: it
 * asks for whatever lies below. Outputs of tasks are data and never expanded; inside the value of a name, `${name}`
 * means what the value below it is.
 */
export function resolveTaskParams(layers: ParamLayers): ResolvedParams {
  const sources = new Map<string, ParamSource>();
  const types = new Map<string, ParamType>();

  function lay(name: string, text: string, literal = false): void {
    const below = sources.get(name);
    sources.set(name, below === undefined ? { text, literal } : { text, literal, below });
  }

  for (const [name, value] of Object.entries(layers.builtIns)) lay(name, value, true);
  for (const [name, value] of Object.entries(layers.project)) lay(name, value);
  for (const { name, type, value } of layers.workflow) {
    types.set(name, type);
    if (value !== undefined) lay(name, value);
  }
  for (const { name, value } of layers.upstream) lay(name, value, true);
  for (const { name, type, value } of layers.local) {
    types.set(name, type);
    if (value !== undefined && (value !== '' || !sources.has(name))) lay(name, value);
  }
  for (const [name, value] of Object.entries(layers.start)) lay(name, value);

  const problems: Problem[] = [];
  for (const { name } of [...layers.workflow, ...layers.local]) {
    if (sources.has(name)) continue;
    problems.push({
      path: `params.${name}`,
      message: `Nothing gives "${name}" a value. Give it a default or start with one.`,
    });
    sources.set(name, { text: '', literal: true });
    types.delete(name);
  }
  return resolveAll(sources, types, layers.time, problems);
}

function resolveAll(
  sources: ReadonlyMap<string, ParamSource>,
  types: ReadonlyMap<string, ParamType>,
  time: TimeContext,
  problems: Problem[],
): ResolvedParams {
  const resolver = createResolver((name) => sources.get(name), time);
  const values: [string, string][] = [];
  for (const name of sources.keys()) {
    const { text, warnings } = resolver.resolveParam(name);
    values.push([name, text]);
    const path = `params.${name}`;
    for (const { message } of warnings) problems.push({ path, message });
    const type = types.get(name);
    const wrong = type === undefined || warnings.length > 0 ? undefined : checkValue(type, text);
    if (wrong !== undefined) problems.push({ path, message: wrong });
  }
  return { values: Object.fromEntries(values), problems };
}
