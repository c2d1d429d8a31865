/** What is written in the form of a trigger, and what the server is asked for it. Pure. */
import type { Priority, TriggerCreate, TriggerView } from '@vaquita/client';
import type { TriggerKind } from './trigger-state.ts';

export interface Pair {
  name: string;
  value: string;
}

export interface Draft {
  kind: TriggerKind;
  name: string;
  description: string;
  priority: Priority;
  /** Start parameters that are always the same. */
  fixed: Pair[];
  /** Of a webhook: paths; of another workflow: outputs. */
  mapping: Pair[];
  tolerance: string;
  github: boolean;
  /** Whose ends count. */
  afterProject: string;
  afterWorkflow: string;
  on: 'success' | 'failure' | 'end';
  backfills: boolean;
  /** Of files. */
  path: string;
  workerGroup: string;
  every: string;
  settled: string;
}

const pairsOf = (record: Readonly<Record<string, string>>): Pair[] =>
  Object.entries(record).map(([name, value]) => ({ name, value }));

const recordOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]));

const NEW: Draft = {
  kind: 'webhook',
  name: '',
  description: '',
  priority: 'medium',
  fixed: [],
  mapping: [],
  tolerance: '5m',
  github: false,
  afterProject: '',
  afterWorkflow: '',
  on: 'success',
  backfills: false,
  path: '',
  workerGroup: 'default',
  every: '1m',
  settled: '30s',
};

/** `project`: the one whose workflows are offered first. */
export function draftOf(trigger: TriggerView | undefined, project: string): Draft {
  if (trigger === undefined) return { ...NEW, fixed: [], mapping: [], afterProject: project };
  const { kind, name, description, start, config } = trigger;
  const base: Draft = {
    ...{ ...NEW, kind, name, description, afterProject: trigger.projectName },
    ...{ priority: start.priority, fixed: pairsOf(start.params), mapping: [] },
  };
  const mapped = { ...base, mapping: pairsOf(config.mapping) };
  if (config.kind === 'webhook') return { ...mapped, tolerance: config.tolerance, github: config.github };
  if (config.kind === 'file') {
    const { path, workerGroup, every, settled } = config;
    return { ...mapped, path, workerGroup, every, settled };
  }
  const { workflow, on, backfills } = config;
  return {
    ...{ ...mapped, on, backfills },
    ...{ afterProject: workflow.projectName ?? '', afterWorkflow: workflow.name ?? '' },
  };
}

function configOf(draft: Draft): TriggerCreate['config'] {
  const mapping = recordOf(draft.mapping);
  const { kind, tolerance, github, afterProject, afterWorkflow, on, backfills } = draft;
  switch (kind) {
    case 'webhook':
      return { kind, tolerance, github, mapping };
    case 'after_workflow':
      return { kind, project: afterProject, workflow: afterWorkflow, on, backfills, mapping };
    case 'file': {
      const { path, workerGroup, every, settled } = draft;
      return { kind, path: path.trim(), workerGroup, every, settled, mapping };
    }
  }
}

/** `before`: how its runs were started until now; what the form does not show stays. */
export function bodyOf(draft: Draft, before: TriggerView['start'] | undefined): TriggerCreate {
  const name = draft.name.trim();
  const start = { ...before, params: recordOf(draft.fixed), priority: draft.priority };
  return { name, description: draft.description.trim(), config: configOf(draft), start };
}
