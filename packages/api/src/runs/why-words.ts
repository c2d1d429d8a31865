/** Words that several answers share. */
import type { RunNode, WorkflowInstanceRow } from '@vaquita/core';

/** Things that an answer names one by one; the rest is a number. */
const NAMED = 5;

export function listOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  const shown = names.slice(0, NAMED);
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** As people know a run: `daily#12`. */
export function labelOf(run: Pick<WorkflowInstanceRow, 'workflowName' | 'number' | 'id'>): string {
  return run.number === null ? `${run.workflowName} (${run.id})` : `${run.workflowName}#${run.number}`;
}

/** The state of a task in a sentence. */
export function stateWord({ current, outcome }: RunNode): string {
  if (!current) return outcome === 'pending' ? 'not started' : outcome;
  if (current.state === 'running' && current.workerName !== null) return `running on "${current.workerName}"`;
  return current.state;
}
