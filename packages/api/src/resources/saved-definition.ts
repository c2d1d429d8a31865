/** Reads definitions that are to be saved, and saves them as versions: of a text that was sent, or of an older version. */
import { AppError, canonicalJson, compileWorkflow, sha256Hex, type WorkflowDocument } from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { WorkflowSaved } from '../views/workflow.ts';
import { taskEvents } from './task-events.ts';
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

/** Each is lost to somebody else's save. */
const MAX_TRIES = 10;

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
    const saved = await save();
    if (saved.created) {
      changes.announce();
      const data = { id: workflow.id, version: saved.version, ...change.more };
      await audit(caller, { action: 'workflow.update', subject: `${project.name}/${name}`, data });
    }
    return { id: workflow.id, name, version: saved.version, created: saved.created };

    /** What has changed of its tasks is found by a look at the newest version, and holds only while that is the newest. */
    async function save(): ReturnType<typeof store.workflows.saveVersion> {
      let base = workflow.version;
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const from = (await store.workflows.version(workflow.id, base))?.document ?? {};
        const as = { ...workflow, name, project: project.name, version: base + 1 };
        const events = taskEvents(as, { by: change.by, at: change.at, from, to: definition.document });
        const saved = await store.workflows.saveVersion(
          workflow.id,
          { ...definition, createdBy: caller.name, at: change.at },
          workflowEvent({ ...workflow, name }, { ...change, more: { ...change.more, project: project.name } }),
          { base, events },
        );
        if (saved.created || saved.version === base) return saved;
        base = saved.version;
      }
      throw new AppError('conflict', 'Others keep saving new versions of this workflow. Try again.');
    }
  };
}
