/** The successors that the branches of a switch or conditions task name; none for any other task. */
import type { TaskDefinition } from '../definition/definition.ts';
import type { ConditionsConfig, SwitchConfig } from './configs.ts';

export function branchTargets({ type, config }: TaskDefinition): readonly string[] {
  if (type === 'switch') {
    const { cases, otherwise } = config as unknown as SwitchConfig;
    return [...cases.flatMap(({ then }) => then), ...(otherwise ?? [])];
  }
  if (type === 'conditions') {
    const { then, else: otherwise } = config as unknown as ConditionsConfig;
    return [...then, ...otherwise];
  }
  return [];
}
