/** The run that a trigger starts, whatever it has noticed: made in one way, so that a test of it says what will happen. */
import type { Problem } from '../errors/app-error.ts';
import type { IdSource, WorkflowId } from '../identity/ids.ts';
import { automaticRun, type StartTarget } from '../machine/automatic-run.ts';
import type { NewRun } from '../machine/new-run.ts';
import type { WorkflowState } from '../machine/states.ts';
import type { MappedParams } from './mapped-params.ts';
import type { AfterCondition, TriggerRow } from './rows.ts';

export interface TriggerOccasion {
  readonly mapped: MappedParams;
  /** What time expressions of the run are evaluated against, epoch milliseconds, and their zone. */
  readonly businessTime: number;
  readonly timezone: string | null;
}

/** @returns what is to be filed, or why nothing can be. */
export function triggeredRun(
  trigger: Pick<TriggerRow, 'id' | 'name' | 'start'>,
  target: StartTarget & { readonly online: boolean },
  { occasion, ids, now }: { readonly occasion: TriggerOccasion; readonly ids: IdSource; readonly now: number },
): { readonly run: NewRun } | { readonly problems: readonly Problem[] } {
  const { online, ...start } = target;
  if (!online) {
    const message = `The workflow “${start.workflowName}” is offline. Put it online: only online workflows run.`;
    return { problems: [{ path: 'workflow', message }] };
  }
  const { mapped, businessTime, timezone } = occasion;
  if (mapped.problems.length > 0) return { problems: mapped.problems };
  const of = { origin: { kind: 'trigger', id: trigger.id }, createdBy: `trigger ${trigger.name}` } as const;
  return automaticRun(start, trigger.start, { ...of, businessTime, timezone, params: mapped.params }, ids, now);
}

/** Problems as one sentence after the other, for the record of a firing. */
export function problemText(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `${path}: ${message}`).join(' ');
}

/** States in which a run has come to an end of its own. A pause is none: the run is meant to go on. */
export const END_STATES = ['success', 'failure', 'stopped'] as const satisfies readonly WorkflowState[];

/** Whether the end of a run in this state is what the trigger waits for. */
export function isAwaitedEnd(on: AfterCondition, state: WorkflowState): boolean {
  return on === 'end' ? (END_STATES as readonly WorkflowState[]).includes(state) : state === on;
}

/** Triggers after triggers go no deeper, loop or not. */
export const MAX_TRIGGER_CHAIN = 100;

/**
 * @param chain the workflows whose runs led here, the one that has just ended last
 * @returns why the next one must not be started, in a sentence; undefined: it may.
 */
export function whyChainEnds(chain: readonly WorkflowId[], next: WorkflowId): string | undefined {
  if (chain.includes(next)) {
    return 'This workflow is among those whose runs led here by triggers: started again, they would go round for ever.';
  }
  if (chain.length >= MAX_TRIGGER_CHAIN) return `Triggers have started each other ${MAX_TRIGGER_CHAIN} times in a row.`;
  return undefined;
}
