/** Which answers an event makes old, as prefixes of query keys. Pure. */
export interface LiveEvent {
  readonly type: string;
  readonly workflowInstanceId: string | null;
}

export type KeyPrefix = readonly string[];

export function touchedBy(event: LiveEvent): readonly KeyPrefix[] {
  const run: KeyPrefix[] = event.workflowInstanceId === null ? [] : [['run', event.workflowInstanceId]];
  if (event.type.startsWith('workflow_instance.')) return [...run, ['runs']];
  if (event.type.startsWith('task_instance.')) return [...run, ['tasks']];
  if (event.type.startsWith('task.')) return run;
  if (event.type.startsWith('task_group.')) return [['task-groups']];
  if (event.type.startsWith('backfill.')) return [['backfills']];
  if (event.type.startsWith('workflow.')) return [['workflows'], ['workflow'], ['runs', 'workflows']];
  if (event.type.startsWith('worker.') || event.type.startsWith('worker_group.') || event.type.startsWith('server.'))
    return [['workers']];
  return [];
}

/** Prefixes that are not covered by a shorter one in the same set. */
export function mergePrefixes(prefixes: Iterable<KeyPrefix>): KeyPrefix[] {
  const kept: KeyPrefix[] = [];
  for (const prefix of [...prefixes].sort((a, b) => a.length - b.length)) {
    if (!kept.some((shorter) => shorter.every((part, i) => part === prefix[i]))) kept.push(prefix);
  }
  return kept;
}
