/** What bears a name, found by how that begins. */
import type { WorkflowId } from '@vaquita/core';

export const NAMED_KINDS = ['project', 'workflow', 'schedule', 'trigger', 'task_group'] as const;
export type NamedKind = (typeof NAMED_KINDS)[number];

export interface NamedThing {
  readonly kind: NamedKind;
  readonly id: string;
  readonly name: string;
  /** Of workflows and of what belongs to one; null: it belongs to no project. */
  readonly projectName: string | null;
  /** Of schedules and triggers. */
  readonly workflowName: string | null;
}

export interface NameStore {
  /**
   * By kind, and within a kind by name. Small and capital letters of ASCII are the same; the prefix must not be empty.
   * @param limit of each kind
   */
  beginning(prefix: string, limit: number): Promise<readonly NamedThing[]>;
  /** Workflows of exactly this name, whatever their project, by id. */
  workflowsNamed(name: string, limit: number): Promise<readonly WorkflowId[]>;
}
