/** …/{workflow}/versions, /diff and /export: every saved version stays as it was saved; restoring one saves another. */
import { AppError, formatWorkflowYaml, type WorkflowDocument } from '@vaquita/core';
import type { WorkflowRow, WorkflowVersionRow } from '@vaquita/store';
import * as z from 'zod';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { namedRevision } from '../http/revision.ts';
import { diffDocuments } from '../versions/document-diff.ts';
import { unifiedDiff } from '../versions/text-diff.ts';
import { PageQuery } from '../views/page.ts';
import {
  BaseVersionQuery,
  VersionDetail,
  VersionDiff,
  VersionPage,
  type VersionView,
  WorkflowSaved,
} from '../views/workflow.ts';
import { requireWorkflow } from './lookup.ts';
import { isoTime, pageRequest, toPage } from './paging.ts';
import { createSaveVersion, readDefinition } from './saved-definition.ts';

const TAG = 'Workflows';
export const VersionNumber = z.coerce.number().int().min(1);
const ITEM = '/api/v1/projects/{project}/workflows/{workflow}';

function toVersionView(row: Omit<WorkflowVersionRow, 'document'>): VersionView {
  const { version, contentHash, createdBy } = row;
  return { version, contentHash, createdBy, createdAt: isoTime(row.createdAt) };
}

/** @throws AppError `not_found` */
export async function requireVersion(
  store: ApiStore,
  workflow: WorkflowRow,
  version: number,
): Promise<WorkflowVersionRow> {
  const row = await store.workflows.version(workflow.id, version);
  if (row) return row;
  throw new AppError(
    'not_found',
    `The workflow “${workflow.name}” has no version ${version}; its newest is ${workflow.version}.`,
  );
}

/** By task and field, and as a unified diff of the YAML. */
export function diffOf(from: WorkflowVersionRow, to: WorkflowDocument, label: string) {
  const { tasks, fields } = diffDocuments(from.document, to);
  const labels = { from: `version ${from.version}`, to: label };
  return { tasks, fields, text: unifiedDiff(formatWorkflowYaml(from.document), formatWorkflowYaml(to), labels) };
}

function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError('bad_request', `“${text}” is not a version number.`);
}

export function versionEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store } = deps;
  const saveVersion = createSaveVersion(deps, audit);
  return [
    endpoint({
      method: 'get',
      path: `${ITEM}/versions`,
      tag: TAG,
      access: 'view',
      summary: 'List the versions of a workflow, newest first',
      query: PageQuery,
      status: 200,
      answer: VersionPage,
      async handle({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        return toPage(await store.workflows.versions(workflow.id, pageRequest(query)), toVersionView);
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/versions/{version}`,
      tag: TAG,
      access: 'view',
      summary: 'Show one version with its definition',
      status: 200,
      answer: VersionDetail,
      async handle({ params }) {
        const { workflow } = await requireWorkflow(store, params);
        const row = await requireVersion(store, workflow, versionNumber(params.version));
        return { ...toVersionView(row), definition: row.document };
      },
    }),
    endpoint({
      method: 'post',
      path: `${ITEM}/versions/{version}/restore`,
      tag: TAG,
      access: 'edit',
      summary: 'Save what a version says as the newest version',
      description:
        'Makes none when the newest version says the same. The name that the version has is restored with it.',
      query: BaseVersionQuery,
      errors: ['bad_definition', 'name_in_use', 'changed_meanwhile'],
      status: 200,
      answer: WorkflowSaved,
      async handle({ params, query, raw, caller }) {
        const { project, workflow } = await requireWorkflow(store, params);
        const baseVersion = namedRevision(raw, { revision: query.baseVersion });
        const { document, version } = await requireVersion(store, workflow, versionNumber(params.version));
        const definition = await readDefinition(document);
        return saveVersion({ project, workflow, caller, baseVersion, definition, more: { restoredFrom: version } });
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/diff`,
      tag: TAG,
      access: 'view',
      summary: 'What differs between two versions',
      description:
        'By task and field, and as a unified diff of the YAML. It is read from `from` to `to`, whichever is newer.',
      query: z.object({
        from: VersionNumber.meta({ description: 'The version to compare with' }),
        to: VersionNumber.optional().meta({ description: 'Default: the newest' }),
      }),
      status: 200,
      answer: VersionDiff,
      async handle({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        const from = await requireVersion(store, workflow, query.from);
        const to = await requireVersion(store, workflow, query.to ?? workflow.version);
        return { from: from.version, to: to.version, ...diffOf(from, to.document, `version ${to.version}`) };
      },
    }),
    rawEndpoint({
      method: 'get',
      path: `${ITEM}/export`,
      tag: TAG,
      access: 'view',
      summary: 'The definition as YAML',
      query: z.object({
        version: VersionNumber.optional().meta({ description: 'Default: the newest' }),
      }),
      status: 200,
      contentType: 'application/yaml',
      async respond({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        const { document } = await requireVersion(store, workflow, query.version ?? workflow.version);
        const fileName = encodeURIComponent(`${workflow.name}.yaml`);
        return new Response(formatWorkflowYaml(document), {
          headers: {
            'content-type': 'application/yaml; charset=utf-8',
            'content-disposition': `attachment; filename*=UTF-8''${fileName}`,
            'cache-control': 'no-store',
            'x-content-type-options': 'nosniff',
          },
        });
      },
    }),
  ];
}
