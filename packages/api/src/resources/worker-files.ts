/**
 * /worker/dispatches: what workers send and fetch besides their socket: the files that tasks pass on.
 *
 * W1 Only a worker token opens these, and only for a dispatch that is live in the rows: an attempt that was given up
 *    can neither put a file in the place of a newer one's nor fetch anything any more.
 * W2 A dispatch is given files of its own run and of the runs it is related to as parent and child, and no others.
 */
import { AppError, formatFileReference, isFileName, isTaskTerminal, type WorkflowInstanceId } from '@vaquita/core';
import type { DispatchOrigin, FileFacts, FileKey } from '@vaquita/store';
import * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { fileResponse, requireOutputName, whyMissing } from '../runs/task-file.ts';

const TAG = 'Worker files';
const DISPATCH = '/api/v1/worker/dispatches/{dispatch}';
const NEEDS = 'The dispatch must be live: not ended for the server.';
/** Deeper than runs can be nested. */
const MAX_ANCESTORS = 100;

const Kind = z.enum(['file', 'folder']).meta({ description: 'A folder is sent as a tar archive of what is in it' });
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Facts = z.object({
  fileName: z.string().refine(isFileName, 'must be the name of a file, without a path'),
  kind: Kind,
  size: z.coerce.number().int().min(0),
  sha256: Sha256,
});
const Kept = z.object({
  maxBytes: z.number().int().meta({ description: 'The largest file this server takes' }),
  kept: z
    .object({ fileName: z.string(), kind: Kind, size: z.number().int(), sha256: Sha256, reference: z.string() })
    .nullable()
    .meta({ description: 'What is kept of this output already' }),
});
const Stored = z.object({ reference: z.string().meta({ description: 'The value of the output' }) });

export function workerFileEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { files } = deps;
  return [
    endpoint({
      method: 'get',
      path: `${DISPATCH}/outputs/{output}`,
      tag: TAG,
      access: 'worker',
      errors: ['conflict'],
      summary: 'Whether a file may be sent for an output, and what is kept of it already',
      description: NEEDS,
      status: 200,
      answer: Kept,
      async handle({ params }) {
        const key = keyOf(await requireLive(deps, params.dispatch), params.output);
        const found = await files.store.find(key);
        return { maxBytes: files.maxBytes, kept: found === undefined ? null : toView(key, found) };
      },
    }),
    rawEndpoint({
      method: 'put',
      path: `${DISPATCH}/outputs/{output}`,
      tag: TAG,
      access: 'worker',
      errors: ['conflict', 'too_large', 'storage_full'],
      summary: 'Send the file of an output',
      description: `${NEEDS} The body is the content. The same again changes nothing.`,
      query: Facts,
      streamedBody: true,
      status: 200,
      contentType: 'application/json',
      answer: Stored,
      async respond({ params, query, raw }) {
        const origin = await requireLive(deps, params.dispatch);
        const key = keyOf(origin, params.output);
        if (query.size > files.maxBytes) throw tooLarge(query.size, files.maxBytes);
        const { kind, ...rest } = query;
        const facts = { ...rest, folder: kind === 'folder' };
        await files.store.put(key, facts, raw.body ?? new Blob([]).stream());
        return Response.json({ reference: referenceTo(key, facts) });
      },
    }),
    rawEndpoint({
      method: 'get',
      path: `${DISPATCH}/inputs/{task}/{output}`,
      tag: TAG,
      access: 'worker',
      errors: ['conflict', 'gone'],
      summary: 'Fetch a file that a task has put out',
      description: NEEDS,
      status: 200,
      contentType: 'application/octet-stream',
      async respond({ params }) {
        const origin = await requireLive(deps, params.dispatch);
        const task = await deps.store.instances.task(params.task);
        if (!task) throw new AppError('not_found', 'The task instance that made this file is not known any more.');
        if (!(await areRelated(deps, origin.workflowInstanceId, task.workflowInstanceId))) {
          throw new AppError(
            'forbidden',
            `The file was made by the task “${task.name}” of a run that has nothing to do with this one.`,
          );
        }
        const output = requireOutputName(params.output);
        const { workflowInstanceId, id: taskInstanceId } = task;
        const found = await files.store.read({ workflowInstanceId, taskInstanceId, output });
        if (!found) throw whyMissing(task, output);
        return fileResponse(found);
      },
    }),
  ];
}

/** W1 */
async function requireLive({ files }: ApiDeps, dispatch: string): Promise<DispatchOrigin> {
  const origin = await files.findDispatch(dispatch);
  if (origin && !isTaskTerminal(origin.state)) return origin;
  throw new AppError(
    'conflict',
    origin === undefined
      ? 'The server does not know this dispatch: it was taken back, or never was.'
      : `This attempt of the task “${origin.taskName}” has ended for the server (${origin.state}); its files are not taken any more.`,
  );
}

/** W2: whether both belong under the same outermost run. */
async function areRelated({ store }: ApiDeps, one: WorkflowInstanceId, other: WorkflowInstanceId): Promise<boolean> {
  if (one === other) return true;
  async function rootOf(id: WorkflowInstanceId): Promise<WorkflowInstanceId> {
    let root = id;
    for (let depth = 0; depth < MAX_ANCESTORS; depth++) {
      const parent = (await store.instances.find(root))?.parentInstanceId ?? null;
      if (parent === null) break;
      root = parent;
    }
    return root;
  }
  return (await rootOf(one)) === (await rootOf(other));
}

function keyOf({ workflowInstanceId, taskInstanceId }: DispatchOrigin, output: string): FileKey {
  return { workflowInstanceId, taskInstanceId, output: requireOutputName(output) };
}

function toView(key: FileKey, { folder, fileName, size, sha256 }: FileFacts) {
  const kind = folder ? ('folder' as const) : ('file' as const);
  return { fileName, kind, size, sha256, reference: referenceTo(key, { fileName, folder }) };
}

function referenceTo({ taskInstanceId, output }: FileKey, facts: Pick<FileFacts, 'fileName' | 'folder'>): string {
  const { fileName, folder } = facts;
  return formatFileReference({ taskInstanceId, output, fileName, folder });
}

function tooLarge(size: number, maxBytes: number): AppError {
  return new AppError(
    'too_large',
    `The file has ${size} bytes, and this server takes at most ${maxBytes}. Its operator can raise VAQUITA_MAX_FILE_MIB.`,
  );
}
