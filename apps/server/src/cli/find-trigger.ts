/** Finds the trigger a person means: by its id, or as `<project>/<workflow>/<trigger>`. */
import type { TriggerView, VaquitaClient } from '@vaquita/client';
import { didYouMean } from '@vaquita/core';
import { UsageError } from './command.ts';

/** @throws UsageError when the workflow has no such trigger. */
export async function findTrigger(client: VaquitaClient, text: string): Promise<TriggerView> {
  if (!text.includes('/')) return client.triggers.get(text);
  const [project, workflow, name, ...more] = text.split('/');
  if (!project || !workflow || !name || more.length > 0) {
    throw new UsageError(`"${text}" must be the id of a trigger, or <project>/<workflow>/<trigger>.`);
  }
  const names: string[] = [];
  for await (const trigger of client.triggers.allOf(project, workflow)) {
    if (trigger.name === name) return trigger;
    names.push(trigger.name);
  }
  throw new UsageError(`${project}/${workflow} has no trigger "${name}".${didYouMean(name, names)}`);
}
