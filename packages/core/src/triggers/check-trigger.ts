/** Whether a trigger can be kept as somebody wants it: everything that is wrong with what it waits for, by place. */
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import type { WorkflowId } from '../identity/ids.ts';
import { whyNoFilePath } from './file-path.ts';
import { parsePayloadPath } from './payload-path.ts';
import type { TriggerConfig } from './rows.ts';
import { FILE_FIELDS, isFileField } from './things.ts';

/** In milliseconds. What a sender signs is good for no longer than records of deliveries are kept at the least. */
const HOOK_TOLERANCE = { min: 10_000, max: 3_600_000 } as const;
/** In milliseconds. */
const FILE_EVERY = { min: 10_000, max: 86_400_000 } as const;
const FILE_SETTLED = { min: 0, max: 3_600_000 } as const;
const MAX_MAPPED_PARAMS = 200;
const MAX_GROUP_NAME = 128;

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
    case 'file':
      return checkFileConfig(config);
  }
}

function checkFileConfig(config: Extract<TriggerConfig, { kind: 'file' }>): readonly Problem[] {
  const { path, workerGroup, everyMs, settledMs, mapping } = config;
  const problems: Problem[] = [];
  const why = whyNoFilePath(path);
  if (why !== undefined) problems.push({ path: 'config.path', message: why });
  if (workerGroup.trim() === '' || workerGroup.length > MAX_GROUP_NAME) {
    const message = `Give the name of a worker group, of at most ${MAX_GROUP_NAME} characters.`;
    problems.push({ path: 'config.workerGroup', message });
  }
  if (!(everyMs >= FILE_EVERY.min && everyMs <= FILE_EVERY.max)) {
    problems.push({ path: 'config.every', message: 'Give a duration from 10s to 1d.' });
  }
  if (!(settledMs >= FILE_SETTLED.min && settledMs <= FILE_SETTLED.max)) {
    problems.push({ path: 'config.settled', message: 'Give a duration from 0s to 1h.' });
  }
  for (const [name, field] of Object.entries(mapping)) {
    if (isFileField(field)) continue;
    const message = `“${field}” is nothing a file has. Choose one of ${FILE_FIELDS.join(', ')}.${didYouMean(field, FILE_FIELDS)}`;
    problems.push({ path: `config.mapping.${name}`, message });
  }
  return problems;
}
