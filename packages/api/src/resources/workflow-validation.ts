/** POST …/workflows/validate: what a save would say and do, with nothing saved, told or audited. */
import { AppError } from '@vaquita/core';
import * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { WorkflowValidated } from '../views/workflow.ts';
import { requireProject, requireWorkflow } from './lookup.ts';
import { type ReadDefinition, readText } from './saved-definition.ts';
import { diffOf, requireVersion, VersionNumber } from './workflow-versions.ts';

export function validationEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/v1/projects/{project}/workflows/validate',
      tag: 'Workflows',
      access: 'view',
      summary: 'Check a definition, and say what saving it would do; nothing is saved',
      description: 'Holds the text against everything that a save holds it against. A wrong one is answered with 200.',
      query: z.object({
        workflow: z.string().max(200).optional().meta({
          description: 'The workflow, by id or by name, that it would be a new version of. Without it: of a new one',
        }),
        compare: VersionNumber.optional().meta({
          description: 'A version of that workflow: the answer says what differs from it, under `diff`',
        }),
      }),
      body: 'definition',
      status: 200,
      answer: WorkflowValidated,
      async handle({ params, query, body }) {
        const project = await requireProject(store, params.project);
        const workflow =
          query.workflow === undefined
            ? undefined
            : (await requireWorkflow(store, { ...params, workflow: query.workflow })).workflow;
        if (query.compare !== undefined && workflow === undefined) {
          throw new AppError('bad_request', 'To compare with a version, name its workflow.', {
            problems: [{ path: 'compare', message: 'This needs `workflow`' }],
          });
        }
        const compared = workflow && query.compare && (await requireVersion(store, workflow, query.compare));
        let definition: ReadDefinition;
        try {
          definition = await readText(body);
        } catch (thrown) {
          return { ok: false, problems: problemsOf(thrown) };
        }
        const { name, taskCount, contentHash, document } = definition;
        const diff = compared && { diff: { from: compared.version, ...diffOf(compared, document, 'this text') } };
        const named = await store.workflows.find(project.id, name);
        if (named !== undefined && named.name === name && named.id !== workflow?.id) {
          const message = `The project has a workflow named "${name}" already. Choose another name.`;
          return { ok: false, problems: [{ path: 'name', message }], name, taskCount, ...diff };
        }
        const ready = { ok: true, problems: [], name, taskCount, ...diff };
        if (workflow === undefined) return { ...ready, outcome: 'created' as const, version: 1 };
        const newest = await requireVersion(store, workflow, workflow.version);
        return newest.contentHash === contentHash
          ? { ...ready, outcome: 'unchanged' as const, version: newest.version }
          : { ...ready, outcome: 'updated' as const, version: newest.version + 1 };
      },
    }),
  ];
}

/** What is no fault of the text is thrown on. */
function problemsOf(thrown: unknown) {
  if (!(thrown instanceof AppError) || thrown.status !== 400) throw thrown;
  return thrown.problems.length > 0 ? [...thrown.problems] : [{ path: '', message: thrown.message }];
}
