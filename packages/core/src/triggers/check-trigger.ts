/** Whether a trigger can be kept as somebody wants it: everything that is wrong with what it waits for, by place. */
import type { Problem } from '../errors/app-error.ts';
import type { WorkflowId } from '../identity/ids.ts';
import { parsePayloadPath } from './payload-path.ts';
import type { TriggerConfig } from './rows.ts';

/** In milliseconds. What a sender signs is good for no longer than records of deliveries are kept at the least. */
const HOOK_TOLERANCE = { min: 10_000, max: 3_600_000 } as const;
const MAX_MAPPED_PARAMS = 200;

/** @param workflowId the one that it starts */
export function checkTriggerConfig(config: TriggerConfig, workflowId: WorkflowId): readonly Problem[] {
  const mapped = Object.keys(config.mapping).length;
  if (mapped > MAX_MAPPED_PARAMS) {
    return [{ path: 'config.mapping', message: `At most ${MAX_MAPPED_PARAMS} parameters can be mapped.` }];
  }
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
  }
}
