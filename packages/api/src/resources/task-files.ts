/** /task-instances/{id}/files: what a task has put out as files, for people. */
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, rawEndpoint } from '../http/endpoint.ts';
import { fileResponse, requireOutputName, whyMissing } from '../runs/task-file.ts';
import { requireTask } from './lookup.ts';

export function taskFileEndpoints({ store, files }: ApiDeps): readonly Endpoint[] {
  return [
    rawEndpoint({
      method: 'get',
      path: '/api/v1/task-instances/{id}/files/{output}',
      tag: 'Tasks',
      access: 'view',
      errors: ['gone'],
      summary: 'Download the file of an output; a folder comes as a tar archive',
      status: 200,
      contentType: 'application/octet-stream',
      async respond({ params }) {
        const task = await requireTask(store, params.id);
        const output = requireOutputName(params.output);
        const { workflowInstanceId, id: taskInstanceId } = task;
        const found = await files.store.read({ workflowInstanceId, taskInstanceId, output });
        if (!found) throw whyMissing(task, output);
        return fileResponse(found);
      },
    }),
  ];
}
