/** One verb on many workflows, a few at a time. What became of each is told as it comes. */
import type { ListedWorkflow } from '@vaquita/client';

export const WORKFLOW_VERBS = ['run', 'online', 'offline'] as const;
export type WorkflowVerb = (typeof WORKFLOW_VERBS)[number];

/** Those for which the verb does something. */
export function ableTo(verb: WorkflowVerb, workflows: readonly ListedWorkflow[]): readonly ListedWorkflow[] {
  return workflows.filter(({ online }) => (verb === 'online' ? !online : online));
}

export interface Outcome {
  readonly workflow: ListedWorkflow;
  /** Null: it worked. */
  readonly error: unknown;
}

const AT_ONCE = 4;

/** Begins nothing more once it is told to stop. One that fails hinders no other. */
export async function actOnEach(
  workflows: readonly ListedWorkflow[],
  act: (workflow: ListedWorkflow) => Promise<unknown>,
  { signal, told }: { readonly signal: AbortSignal; readonly told: (outcome: Outcome) => void },
): Promise<void> {
  const waiting = workflows[Symbol.iterator]();
  async function goOn(): Promise<void> {
    for (const workflow of waiting) {
      if (signal.aborted) return;
      try {
        await act(workflow);
        told({ workflow, error: null });
      } catch (error) {
        told({ workflow, error });
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, goOn));
}
