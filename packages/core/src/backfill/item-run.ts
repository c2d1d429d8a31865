/** The run of one item of a backfill. */
import type { WorkflowDefinition } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import type { IdSource } from '../identity/ids.ts';
import { automaticRun } from '../machine/automatic-run.ts';
import type { NewRun } from '../machine/new-run.ts';
import type { StartChoices } from '../machine/start-choices.ts';
import type { BackfillMember, BackfillRow } from './rows.ts';

/** What was chosen about tasks and parameters is meant for the workflow that was asked for; its dependents have their own. */
export function choicesFor(start: StartChoices, member: Pick<BackfillMember, 'level'>): StartChoices {
  if (member.level === 0) return start;
  return { ...start, params: {}, startTasks: [], scope: 'all', timeoutMs: null, version: null };
}

export interface ItemRunInput {
  readonly backfill: Pick<BackfillRow, 'id' | 'start' | 'timezone' | 'createdBy'>;
  readonly member: BackfillMember;
  readonly definition: WorkflowDefinition;
  readonly businessTime: number;
}

/** @returns the run, or why the workflow cannot be started like this any more. */
export function backfillRun(
  { backfill, member, definition, businessTime }: ItemRunInput,
  ids: IdSource,
  now: number,
): { readonly run: NewRun } | { readonly problems: readonly Problem[] } {
  const { projectId, workflowId, workflowName, version } = member;
  return automaticRun(
    { projectId, workflowId, workflowName, version, definition },
    choicesFor(backfill.start, member),
    {
      origin: { kind: 'backfill', id: backfill.id },
      ...{ businessTime, timezone: backfill.timezone },
      createdBy: `backfill by ${backfill.createdBy}`,
    },
    ids,
    now,
  );
}
