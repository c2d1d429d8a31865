/** Reads the ways in which a person names things on the command line. */
import { UsageError } from './command.ts';

export interface WorkflowName {
  readonly project: string;
  readonly workflow: string;
}

/** `<project>/<workflow>`. @throws UsageError */
export function parseWorkflowName(text: string): WorkflowName {
  const [project, workflow, ...more] = text.split('/');
  if (project && workflow && more.length === 0) return { project, workflow };
  throw new UsageError(`"${text}" must be <project>/<workflow>.`);
}

/** `<project>/<workflow>#<number>`, or undefined for what is not of that form. */
export function parseRunName(text: string): (WorkflowName & { readonly number: number }) | undefined {
  const match = /^([^/]+)\/([^/]+)#([1-9]\d*)$/.exec(text);
  return match ? { project: match[1]!, workflow: match[2]!, number: Number(match[3]) } : undefined;
}

/** `k=v`, repeated. A value may hold further equals signs. @throws UsageError */
export function parseAssignments(given: readonly string[], option = '--param'): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`${option} "${text}" must be name=value.`);
    const name = text.slice(0, at);
    if (Object.hasOwn(values, name)) throw new UsageError(`${option} ${name} is given twice.`);
    values[name] = text.slice(at + 1);
  }
  return values;
}
