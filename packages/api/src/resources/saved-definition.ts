/** Reads definitions that are to be saved, and saves them as versions: of a text that was sent, or of an older version. */
import { canonicalJson, compileWorkflow, sha256Hex, type WorkflowDocument } from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { WorkflowSaved } from '../views/workflow.ts';
import { workflowEvent } from './workflow-events.ts';

export interface ReadDefinition {
  readonly document: WorkflowDocument;
  readonly name: string;
  readonly description: string;
  readonly taskCount: number;
  /** Equal for documents that say the same. */
  readonly contentHash: string;
}

/** @throws AppError `bad_definition` with every wrong place. */
export async function readDefinition(document: WorkflowDocument): Promise<ReadDefinition> {
  const { name, description, tasks } = compileWorkflow(document);
  return {
    document,
    name,
    description,
    taskCount: tasks.length,
    contentHash: await sha256Hex(canonicalJson(document)),
  };
}

export interface VersionToSave {
  readonly project: ProjectRow;
  readonly workflow: WorkflowRow;
  readonly definition: ReadDefinition;
  readonly caller: Caller;
  /** What the event and the audit log say beside the usual. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export type SaveVersion = (save: VersionToSave) => Promise<WorkflowSaved>;

/** Makes no version, tells nobody and audits nothing when the newest version says the same. */
export function createSaveVersion({ store, clock, changes }: ApiDeps, audit: Audit): SaveVersion {
  return async ({ project, workflow, definition, caller, more }) => {
    const { name } = definition;
    const change = {
      change: 'version',
      by: caller.name,
      at: clock.now(),
      more: { ...more, ...(name === workflow.name ? {} : { renamedFrom: workflow.name }) },
    } as const;
    const saved = await store.workflows.saveVersion(
      workflow.id,
      { ...definition, createdBy: caller.name, at: change.at },
      workflowEvent({ ...workflow, name }, change),
    );
    if (saved.created) {
      changes.announce();
      const data = { id: workflow.id, version: saved.version, ...change.more };
      await audit(caller, { action: 'workflow.update', subject: `${project.name}/${name}`, data });
    }
    return { id: workflow.id, name, version: saved.version, created: saved.created };
  };
}
