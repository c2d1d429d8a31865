/** The variables of an environment while they are being written. Pure. */
import type { EnvironmentVariableView } from '@vaquita/client';

export interface VariableDraft {
  /** Tells the rows apart, whatever they are named. */
  readonly key: number;
  name: string;
  kind: 'plain' | 'secret';
  value: string;
  secret: string;
}

export function draftOf(variables: readonly EnvironmentVariableView[]): VariableDraft[] {
  return variables.map(({ name, value, secret }, key) => ({
    ...{ key, name, kind: secret === null ? 'plain' : 'secret' },
    ...{ value: value ?? '', secret: secret ?? '' },
  }));
}

/** In the order in which they stand: places of what is refused are those of the rows. */
export function variablesOf(draft: readonly VariableDraft[]): EnvironmentVariableView[] {
  return draft.map(({ name, kind, value, secret }) =>
    kind === 'plain'
      ? { name: name.trim(), value, secret: null }
      : { name: name.trim(), value: null, secret: secret === '' ? null : secret },
  );
}
