/** How the files of one attempt come to its folder and leave it. A worker brings it; a task type never sees it. */
import type { FileReference } from '@vaquita/core';

export interface FileTransfer {
  /**
   * Fetches a file for a parameter; a folder is unpacked. Resolves with the full path at which it lies.
   * Rejects with a sentence for the person who asks why the task failed.
   */
  receive(param: string, reference: FileReference, signal: AbortSignal): Promise<string>;
  /**
   * Sends the file or folder that the task has named, by a path in its folder, and resolves with the reference to it
   * when it is kept for good. Rejects with a sentence.
   */
  send(output: string, path: string, signal: AbortSignal): Promise<string>;
}
