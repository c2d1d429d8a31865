/** /export and /import: the definitions of many workflows as one text, and back. */
import {
  AppError,
  formatBundleJson,
  formatBundleYaml,
  MAX_BUNDLE_BYTES,
  MAX_BUNDLE_WORKFLOWS,
  type WorkflowDocument,
} from '@vaquita/core';
import type { ProjectRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { createImport } from '../versions/import.ts';
import { ExportQuery, ImportAnswer, ImportQuery } from '../views/bundle.ts';
import { requireProject } from './lookup.ts';

const TAG = 'Workflows';
/** Definitions that are in memory as rows at once. */
const CHUNK = 50;

export function bundleEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store } = deps;
  const importBundle = createImport(deps, audit);
  return [
    rawEndpoint({
      method: 'get',
      path: '/api/v1/export',
      tag: TAG,
      access: 'view',
      summary: 'The newest definitions of a project, or of some of its workflows, as one bundle',
      description:
        `In YAML each definition is a document of its own. What /import takes, this gives: at most ${MAX_BUNDLE_WORKFLOWS} workflows and ` +
        `${MAX_BUNDLE_BYTES} bytes. Secrets are no part of definitions: they are named in them, and stay where they are.`,
      query: ExportQuery,
      errors: ['too_large'],
      status: 200,
      contentType: 'application/yaml',
      async respond({ query: { project: named, workflow: chosen, format } }) {
        const project = await requireProject(store, named);
        const documents = chosen?.length ? await chosenOf(project, chosen) : await allOf(project);
        const text = format === 'json' ? formatBundleJson(documents) : formatBundleYaml(documents);
        if (new TextEncoder().encode(text).length > MAX_BUNDLE_BYTES) throw tooLarge(`${MAX_BUNDLE_BYTES} bytes`);
        const fileName = encodeURIComponent(`${project.name}.${format}`);
        return new Response(text, {
          headers: {
            'content-type': `application/${format}; charset=utf-8`,
            'content-disposition': `attachment; filename*=UTF-8''${fileName}`,
            'cache-control': 'no-store',
            'x-content-type-options': 'nosniff',
          },
        });
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/import',
      tag: TAG,
      access: 'edit',
      summary: 'Create and update the workflows of a bundle',
      description:
        'The body is one definition, or several documents of YAML, or a list of definitions, or a map with such a list under `workflows`; of ' +
        `at most ${MAX_BUNDLE_WORKFLOWS} workflows. Workflows are known by their names. Each is saved whole or refused for itself, and the answer ` +
        'says what became of each. What says the same as the newest version makes none, so a bundle may be sent again.',
      query: ImportQuery,
      body: 'definition',
      errors: ['bad_yaml', 'too_large'],
      status: 200,
      answer: ImportAnswer,
      async handle({ query, body, caller, ids }) {
        const project = await requireProject(store, query.project);
        return importBundle({ project, text: body.text, dryRun: query.dryRun === 'true', caller, ids });
      },
    }),
  ];

  async function allOf(project: ProjectRow): Promise<readonly WorkflowDocument[]> {
    const documents: WorkflowDocument[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<ApiStore['workflows']['list']>> = await store.workflows.list(
        { projectId: project.id },
        { limit: CHUNK, cursor },
      );
      const ids = page.items.map(({ id }) => id);
      documents.push(...(await store.workflows.newest(project.id, ids)).map(({ document }) => document));
      if (documents.length > MAX_BUNDLE_WORKFLOWS) throw tooLarge(`${MAX_BUNDLE_WORKFLOWS} workflows`);
      cursor = page.next;
    } while (cursor !== null);
    return documents;
  }

  /** In the order in which they were asked for. */
  async function chosenOf(project: ProjectRow, refs: readonly string[]): Promise<readonly WorkflowDocument[]> {
    const found = await store.workflows.newest(project.id, refs);
    const known = new Set(found.flatMap(({ id, name }) => [id as string, name]));
    const missing = refs.filter((ref) => !known.has(ref));
    if (missing.length === 0) return found.map(({ document }) => document);
    const names = missing.map((ref) => `“${ref}”`).join(', ');
    throw new AppError('not_found', `The project “${project.name}” has no workflow ${names}.`);
  }
}

function tooLarge(bound: string): AppError {
  return new AppError(
    'too_large',
    `A bundle is at most ${bound}. Choose some of the workflows, and export the rest after them.`,
  );
}
