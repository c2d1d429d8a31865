/** Files of tasks in memory, with the checks of the real store. */
import { AppError, sha256Hex, type WorkflowInstanceId } from '@vaquita/core';
import type { FileFacts, FileKey, FileStore } from '../ports/files.ts';

export function createMemoryFileStore(): FileStore {
  const files = new Map<string, { readonly facts: FileFacts; readonly bytes: Uint8Array<ArrayBuffer> }>();
  const pathOf = ({ workflowInstanceId, taskInstanceId, output }: FileKey) =>
    `${workflowInstanceId}/${taskInstanceId}/${output}`;

  return {
    async put(key, facts, content) {
      const bytes = new Uint8Array(
        await new Response(content as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
      );
      if (bytes.length !== facts.size || (await sha256Hex(bytes)) !== facts.sha256) {
        throw new AppError('bad_request', 'The content is not what was announced.');
      }
      files.set(pathOf(key), { facts, bytes });
    },
    find: async (key) => files.get(pathOf(key))?.facts,
    async read(key) {
      const file = files.get(pathOf(key));
      return file && { facts: file.facts, content: new Blob([file.bytes]).stream() };
    },
    async *owners() {
      yield [...new Set([...files.keys()].map((path) => path.split('/')[0]!))] as WorkflowInstanceId[];
    },
    async removeRuns(ids) {
      for (const path of files.keys()) if (ids.some((id) => path.startsWith(`${id}/`))) files.delete(path);
    },
  };
}
