/** Reads definitions that are to be saved, and saves them as versions: of a text that was sent, or of an older version. */
import {
  AppError,
  canonicalJson,
  compileWorkflow,
  parseWorkflowDocument,
  parseWorkflowText,
  sha256Hex,
  type WorkflowDocument,
  type WorkflowId,
} from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { ChangedMeanwhile } from '../http/changed-meanwhile.ts';
import { createOnce } from '../http/create-once.ts';
import type { DefinitionText } from '../http/endpoint.ts';
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

/** @throws AppError `bad_yaml`, `bad_definition` with every wrong place. */
export function readText(body: DefinitionText): Promise<ReadDefinition> {
  return readParsed(parseWorkflowText(body.text));
}

/** @throws AppError `bad_definition` with every wrong place. */
export async function readParsed(value: unknown): Promise<ReadDefinition> {
  return readDefinition(parseWorkflowDocument(value));
}

export interface WorkflowToMake {
  readonly project: ProjectRow;
  /** The same again when the request is repeated. */
  readonly id: WorkflowId;
  readonly definition: ReadDefinition;
  readonly caller: Caller;
}

/** @throws AppError `name_in_use` */
export function createSaveFirst(
  { store, clock, changes }: ApiDeps,
  audit: Audit,
): (make: WorkflowToMake) => Promise<WorkflowSaved> {
  return async ({ project, id, definition, caller }) => {
    const { document, contentHash, name, description, taskCount } = definition;
    const now = clock.now();
    const times = { createdAt: now, updatedAt: now };
    const row = { id, projectId: project.id, name, description, version: 1, online: false, taskCount, ...times };
    const first = { workflowId: id, version: 1, document, contentHash, createdBy: caller.name, createdAt: now };
    const change = { change: 'created', by: caller.name, at: now } as const;
    const event = workflowEvent(row, { ...change, more: { version: 1, project: project.name } });
    const tasks = taskEvents({ ...row, project: project.name, version: 1 }, { ...change, to: document });
    await createOnce(
      () => store.workflows.create(row, first, event, tasks),
      () => store.workflows.find(project.id, id),
    );
    changes.announce();
    await audit(caller, { action: 'workflow.create', subject: `${project.name}/${name}`, data: { id } });
    return { id, name, version: 1, created: true };
  };
}

export interface VersionToSave {
  readonly project: ProjectRow;
  readonly workflow: WorkflowRow;
  readonly definition: ReadDefinition;
  readonly caller: Caller;
  /** The version that the change was made from. Without it, whatever is newest is replaced. */
  readonly baseVersion?: number | undefined;
  /** What the event and the audit log say beside the usual. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export type SaveVersion = (save: VersionToSave) => Promise<WorkflowSaved>;

/** Each is lost to somebody else's save. */
const MAX_TRIES = 10;

/**
 * Makes no version, tells nobody and audits nothing when the newest version says the same: also for one who named an
 * older base, so that a save whose answer was lost may be repeated.
 *
 * @throws AppError `changed_meanwhile` when the named base is not the newest version and that says something else.
 */
export function createSaveVersion({ store, clock, changes }: ApiDeps, audit: Audit): SaveVersion {
  return async ({ project, workflow, definition, caller, baseVersion, more }) => {
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
      let base = baseVersion ?? workflow.version;
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
        if (baseVersion !== undefined) return requireSame(saved.version);
        base = saved.version;
      }
      throw new AppError('conflict', 'Others keep saving new versions of this workflow. Try again.');
    }

    /** Somebody was faster. */
    async function requireSame(version: number) {
      const row = await store.workflows.version(workflow.id, version);
      if (row === undefined) throw new AppError('not_found', `The workflow “${workflow.name}” was deleted meanwhile.`);
      if (row.contentHash === definition.contentHash) return { version, created: false };
      const newest = { version, changedBy: row.createdBy, changedAt: row.createdAt };
      throw new ChangedMeanwhile(`The workflow “${workflow.name}”`, baseVersion!, newest);
    }
  };
}
