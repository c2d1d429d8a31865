/** Parameters of a project while they are written. Pure. */
import type { ProjectParam, ProjectParamInput } from '@vaquita/client';

/** As the server knows them. */
export const PARAM_TYPES = [
  ...(['string', 'integer', 'float', 'boolean', 'date', 'time', 'timestamp', 'list', 'json', 'file'] as const),
] satisfies readonly ProjectParam['type'][];

export interface ParamDraft {
  readonly key: number;
  name: string;
  type: ProjectParam['type'];
  value: string;
  /** Kept as it is. */
  readonly description: string | undefined;
}

export function draftOf(params: readonly ProjectParam[]): ParamDraft[] {
  return params.map(({ name, type, value, description }, key) => ({ key, name, type, value, description }));
}

export function paramsOf(drafts: readonly ParamDraft[]): ProjectParamInput[] {
  return drafts.map(({ name, type, value, description }) => ({
    name: name.trim(),
    type,
    value,
    ...(description === undefined ? {} : { description }),
  }));
}
