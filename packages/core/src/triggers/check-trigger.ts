/** Whether a trigger can be kept as somebody wants it: everything that is wrong with it, by place. */
import type { WorkflowDefinition } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import type { WorkflowId } from '../identity/ids.ts';
import { checkStart } from '../machine/check-start.ts';
import type { StartChoices } from '../machine/start-choices.ts';
import { parsePayloadPath } from './payload-path.ts';
import type { TriggerConfig } from './rows.ts';

/** In milliseconds. What a sender signs is good for no longer than records of deliveries are kept at the least. */
export const HOOK_TOLERANCE = { min: 10_000, max: 3_600_000 } as const;
const MAX_MAPPED_PARAMS = 200;

export interface WantedTrigger {
  readonly workflowId: WorkflowId;
  readonly config: TriggerConfig;
  readonly start: Pick<StartChoices, 'params' | 'startTasks' | 'scope'>;
}

/** @param definition the one its runs would have now */
export function checkTrigger(definition: WorkflowDefinition, wanted: WantedTrigger): readonly Problem[] {
  return [...checkConfig(wanted), ...checkItsStart(definition, wanted)];
}

function checkConfig({ config, workflowId }: WantedTrigger): readonly Problem[] {
  switch (config.kind) {
    case 'webhook': {
      const { min, max } = HOOK_TOLERANCE;
      const isSound = config.toleranceMs >= min && config.toleranceMs <= max;
      return [
        ...(isSound ? [] : [{ path: 'config.tolerance', message: 'Give a duration from 10s to 1h.' }]),
        ...Object.entries(config.mapping).flatMap(([name, path]) => {
          const parsed = parsePayloadPath(path);
          return 'problem' in parsed ? [{ path: `config.mapping.${name}`, message: parsed.problem }] : [];
        }),
      ];
    }
    case 'after_workflow': {
      if (config.workflowId !== workflowId) return [];
      const message = 'A workflow that starts itself when it has ended never comes to rest. Choose another workflow.';
      return [{ path: 'config.workflow', message }];
    }
    case 'file':
      return [];
  }
}

/** What is mapped is known when it happens; until then it counts as given. */
function checkItsStart(definition: WorkflowDefinition, { config, start }: WantedTrigger): readonly Problem[] {
  const mapping = config.kind === 'file' ? {} : config.mapping;
  const names = Object.keys(mapping);
  if (names.length > MAX_MAPPED_PARAMS) {
    return [{ path: 'config.mapping', message: `At most ${MAX_MAPPED_PARAMS} parameters can be mapped.` }];
  }
  const mapped = Object.fromEntries(names.map((name) => [name, '${mapped}']));
  const { taskProblems, paramProblems } = checkStart(definition, { ...start, params: { ...start.params, ...mapped } });
  return [...taskProblems, ...paramProblems].map(({ path, message }) => {
    const name = path.startsWith('params.') ? path.slice('params.'.length) : null;
    if (name !== null && Object.hasOwn(mapping, name)) return { path: `config.mapping.${name}`, message };
    return { path: `start.${path}`, message };
  });
}
