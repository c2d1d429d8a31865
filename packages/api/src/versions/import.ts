/**
 * Takes in a bundle, workflow by workflow.
 * I1. Each is saved by one unit of the store, or not at all; what is refused hinders no other.
 * I2. A dry run writes nothing, tells nobody and audits nothing.
 * I3. Ids follow from the place in the bundle: a request that is repeated under its key makes nothing twice and tells the same.
 */
import { AppError, type BundleItem, type IdSource, parseBundle, type WorkflowId } from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { createSaveFirst, createSaveVersion, type ReadDefinition, readParsed } from '../resources/saved-definition.ts';
import { diffOf, requireVersion } from '../resources/workflow-versions.ts';
import type { ImportAnswer, ImportItem } from '../views/bundle.ts';

/** Characters of all texts of differences in one answer. */
const MAX_DIFF_CHARS = 4_000_000;

/** Of one workflow. */
const MAX_PROBLEMS = 100;

export interface BundleToImport {
  readonly project: ProjectRow;
  readonly text: string;
  readonly dryRun: boolean;
  readonly caller: Caller;
  readonly ids: IdSource;
}

type Result = Omit<ImportItem, 'place' | 'name' | 'taskCount'>;

interface Sound {
  readonly definition: ReadDefinition;
  /** For the workflow, if there is none of the name. */
  readonly id: WorkflowId;
  readonly there: WorkflowRow | undefined;
}

/** @throws AppError `too_large`; `bad_yaml`, `bad_request` where nothing can be read */
export function createImport(deps: ApiDeps, audit: Audit): (bundle: BundleToImport) => Promise<ImportAnswer> {
  const { store } = deps;
  const saveFirst = createSaveFirst(deps, audit);
  const saveVersion = createSaveVersion(deps, audit);

  return async ({ project, text, dryRun, caller, ids }) => {
    const items: ImportItem[] = [];
    /** By name, where each stands. */
    const places = new Map<string, string>();
    let diffChars = 0;
    for (const [index, item] of parseBundle(text).entries()) {
      const id = ids.next<'workflow'>();
      items.push(await take(item, id, index));
    }
    const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 };
    for (const { outcome } of items) counts[outcome] += 1;
    if (!dryRun && counts.created + counts.updated > 0) {
      await audit(caller, { action: 'workflow.import', subject: project.name, data: { id: project.id, ...counts } });
    }
    return { projectName: project.name, dryRun, items, counts };

    async function take(item: BundleItem, id: WorkflowId, index: number): Promise<ImportItem> {
      const { place } = item;
      const name = nameOf(item);
      let definition: ReadDefinition | undefined;
      let result: Result;
      try {
        if (item.problems.length > 0) throw new AppError('bad_yaml', 'It cannot be read.', { problems: item.problems });
        definition = await readParsed(item.definition);
        const first = places.get(definition.name);
        if (first !== undefined) {
          const message = `The bundle holds “${definition.name}” already: ${first}. Keep one of them.`;
          throw new AppError('bad_request', message, { problems: [{ path: 'name', message }] });
        }
        places.set(definition.name, place === '' ? `number ${index + 1}` : place);
        const found = await store.workflows.find(project.id, definition.name);
        const there = found?.name === definition.name ? found : undefined;
        const sound = { definition, id, there };
        result = dryRun ? await wouldSave(sound) : await save(sound);
      } catch (thrown) {
        result = { outcome: 'refused', version: null, problems: refusal(thrown) };
      }
      const read = { name: definition?.name ?? name, taskCount: definition?.taskCount ?? null };
      return { place, ...read, ...result };
    }

    async function wouldSave({ definition, there }: Sound): Promise<Result> {
      if (there === undefined) return { outcome: 'created', version: 1, problems: [] };
      const newest = await requireVersion(store, there, there.version);
      if (newest.contentHash === definition.contentHash) {
        return { outcome: 'unchanged', version: newest.version, problems: [] };
      }
      const diff = diffOf(newest, definition.document, 'this bundle');
      diffChars += diff.text.length;
      const shown = diffChars > MAX_DIFF_CHARS ? {} : { diff: { from: newest.version, ...diff } };
      return { outcome: 'updated', version: newest.version + 1, problems: [], ...shown };
    }

    async function save({ definition, id, there }: Sound): Promise<Result> {
      if (there === undefined) {
        const { version } = await saveFirst({ project, id, definition, caller });
        return { outcome: 'created', version, problems: [] };
      }
      const { version, created } = await saveVersion({ project, workflow: there, definition, caller });
      // I3. It was made by this very request.
      const outcome = there.id === id ? 'created' : created ? 'updated' : 'unchanged';
      return { outcome, version, problems: [] };
    }
  };
}

/** What is no fault of the definition is thrown on. */
function refusal(thrown: unknown): ImportItem['problems'] {
  if (!(thrown instanceof AppError) || thrown.status >= 500) throw thrown;
  if (thrown.problems.length === 0) return [{ path: '', message: thrown.message }];
  return thrown.problems.slice(0, MAX_PROBLEMS);
}

function nameOf({ definition }: BundleItem): string | null {
  const { name } = Object(definition) as { readonly name?: unknown };
  return typeof name === 'string' ? name.slice(0, 200) : null;
}
