/** Parameters as environment variables, so that a script reads values without any text being put into it. */
import type { Problem } from '../errors/app-error.ts';

export interface Environment {
  readonly env: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
  /** Parameters whose values no environment variable can hold, each with a problem that says so. */
  readonly leftOut: readonly string[];
}

/** Linux refuses to start a process with a longer variable, name and `=` included. */
export const MAX_ENV_BYTES = 131_071;

/** `system.biz.date` → `system_biz_date`; a name that starts with a digit gets a `_` in front. */
export function envName(name: string): string {
  if (NEEDS_NO_MAPPING.test(name)) return name;
  const mapped = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^\d/.test(mapped) ? `_${mapped}` : mapped;
}

const NEEDS_NO_MAPPING = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Of two parameters that map to one variable, the one whose name needs no mapping wins, else the first; the other is reported. */
export function toEnvironment(values: Readonly<Record<string, string>>): Environment {
  const env = new Map<string, string>();
  const owner = new Map<string, string>();
  const problems: Problem[] = [];
  const leftOut: string[] = [];
  const named = Object.keys(values).map((name) => ({ name, variable: envName(name) }));
  const exactFirst = [
    ...named.filter(({ name, variable }) => variable === name),
    ...named.filter(({ name, variable }) => variable !== name),
  ];
  for (const { name, variable } of exactFirst) {
    const path = `params.${name}`;
    const taken = owner.get(variable);
    const refused = refuse(variable, values[name]!);
    if (taken !== undefined) {
      problems.push({
        path,
        message: `"${name}" and "${taken}" are both the environment variable ${variable}; "${taken}" has it. Rename one.`,
      });
    } else if (refused !== undefined) {
      leftOut.push(name);
      problems.push({ path, message: `"${name}" ${refused}` });
    } else {
      owner.set(variable, name);
      env.set(variable, values[name]!);
    }
  }
  return { env: Object.fromEntries(env), problems, leftOut };
}

function refuse(variable: string, value: string): string | undefined {
  if (value.includes('\0')) return 'holds a NUL character, so it cannot be an environment variable and is left out.';
  // A UTF-16 unit is at most three bytes long.
  if (3 * (variable.length + value.length + 1) <= MAX_ENV_BYTES) return undefined;
  const bytes = new TextEncoder().encode(`${variable}=${value}`).length;
  if (bytes > MAX_ENV_BYTES)
    return `is too large for an environment variable (${bytes} bytes) and is left out. Pass a file instead.`;
  return undefined;
}
