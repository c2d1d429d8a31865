/** Loads the example workflows into a new database as a project of their own. */
import {
  canonicalJson,
  compileWorkflow,
  type IdSource,
  type ProjectId,
  parseWorkflowDocument,
  parseWorkflowText,
  sha256Hex,
} from '@vaquita/core';
import type { Store } from '@vaquita/store';
import type { ServerHost } from './host.ts';
import type { ServerSettings } from './settings.ts';

export const EXAMPLES_PROJECT = 'examples';

export interface ExamplesDeps {
  readonly store: Store;
  readonly host: ServerHost;
  readonly ids: IdSource;
  readonly settings: ServerSettings;
}

/** @returns the names of the workflows, online and ready to start. Goes on where an interrupted load has stopped. */
export async function loadExamples(deps: ExamplesDeps): Promise<readonly string[]> {
  const { texts, places } = await deps.host.readExamples(deps.settings);
  if (texts.length === 0) return [];
  const projectId = await findOrAddProject(deps);
  const names: string[] = [];
  for (const text of texts) names.push(await addWorkflow(deps, projectId, withPlaces(parseWorkflowText(text), places)));
  return names;
}

async function findOrAddProject({ store, host, ids }: ExamplesDeps): Promise<ProjectId> {
  const known = await store.projects.find(EXAMPLES_PROJECT);
  if (known) return known.id;
  const id = ids.next<'project'>();
  const now = host.clock.now();
  const description = 'Workflows on real data, to start, to read and to change.';
  await store.projects.create({ id, name: EXAMPLES_PROJECT, description, params: [], createdAt: now, updatedAt: now });
  return id;
}

async function addWorkflow({ store, host, ids }: ExamplesDeps, projectId: ProjectId, input: unknown): Promise<string> {
  const document = parseWorkflowDocument(input);
  const { name, description, tasks } = compileWorkflow(document);
  if (await store.workflows.find(projectId, name)) return name;
  const at = host.clock.now();
  const id = ids.next<'workflow'>();
  const times = { createdAt: at, updatedAt: at };
  await store.workflows.create(
    { id, projectId, name, description, version: 1, online: true, taskCount: tasks.length, ...times },
    {
      workflowId: id,
      version: 1,
      document,
      contentHash: await sha256Hex(canonicalJson(document)),
      createdBy: 'system',
      createdAt: at,
    },
    {
      type: 'workflow.added',
      projectId,
      workflowInstanceId: null,
      taskInstanceId: null,
      at,
      data: { workflowId: id, name, change: 'created', by: 'system', version: 1 },
    },
  );
  return name;
}

/** The examples' defaults name places relative to the repository; here they become places of this machine. */
function withPlaces(input: unknown, places: Readonly<Record<string, string>>): unknown {
  if (typeof input !== 'object' || input === null || !('params' in input) || !Array.isArray(input.params)) return input;
  const params = input.params.map((param: { readonly name?: string }) => {
    const place = param.name === undefined ? undefined : places[param.name];
    return place === undefined ? param : { ...param, value: place };
  });
  return { ...input, params };
}
