/** The option of whose an environment, a secret or a data source is. */
import type { ScopeQuery } from '@vaquita/client';
import type { OptionSpec, OptionValues } from './command.ts';

export const SCOPE_OPTION = {
  project: { type: 'string', value: 'project', help: 'Of this project; left out: for all projects' },
} as const satisfies Record<string, OptionSpec>;

export function scopeOf({ project }: OptionValues): { readonly project?: string } & ScopeQuery {
  return project === undefined ? {} : { project: String(project) };
}
