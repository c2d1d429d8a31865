/** …/{workflow}/versions and …/{workflow}/export: every saved version stays as it was saved. */
import { AppError, formatWorkflowYaml } from '@vaquita/core';
import type { WorkflowRow, WorkflowVersionRow } from '@vaquita/store';
import * as z from 'zod';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { PageQuery } from '../views/page.ts';
import { VersionDetail, VersionPage, type VersionView } from '../views/workflow.ts';
import { requireWorkflow } from './lookup.ts';
import { isoTime, pageRequest, toPage } from './paging.ts';

const TAG = 'Workflows';
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

export function versionEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: `${ITEM}/versions`,
      tag: TAG,
      access: 'user',
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
      access: 'user',
      summary: 'Show one version with its definition',
      status: 200,
      answer: VersionDetail,
      async handle({ params }) {
        const { workflow } = await requireWorkflow(store, params);
        const number = Number(params.version);
        if (!/^[1-9]\d{0,8}$/.test(params.version)) {
          throw new AppError('bad_request', `“${params.version}” is not a version number.`);
        }
        const row = await requireVersion(store, workflow, number);
        return { ...toVersionView(row), definition: row.document };
      },
    }),
    rawEndpoint({
      method: 'get',
      path: `${ITEM}/export`,
      tag: TAG,
      access: 'user',
      summary: 'The definition as YAML',
      query: z.object({
        version: z.coerce.number().int().min(1).optional().meta({ description: 'Default: the newest' }),
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
