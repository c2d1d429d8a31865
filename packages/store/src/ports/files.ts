/** Files that tasks put out, kept for the tasks after them and for people: outside the state tables, by run. */
import type { TaskInstanceId, WorkflowInstanceId } from '@vaquita/core';

/** An output of a task instance. */
export interface FileKey {
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly taskInstanceId: TaskInstanceId;
  readonly output: string;
}

export interface FileFacts {
  readonly fileName: string;
  /** True: a folder, whose content is a tar archive of what is in it. */
  readonly folder: boolean;
  readonly size: number;
  /** Of the content, lower-case hex. */
  readonly sha256: string;
}

export interface FileStore {
  /**
   * Keeps the content under the key in place of what was there: whole, or not at all. The same again changes nothing.
   * @throws AppError `bad_request` when the content is not of the size or the sum that the facts say; `storage_full`.
   */
  put(key: FileKey, facts: FileFacts, content: ReadableStream<Uint8Array>): Promise<void>;
  find(key: FileKey): Promise<FileFacts | undefined>;
  /** The content as it was when this was called, also when it is replaced or removed meanwhile. */
  read(key: FileKey): Promise<{ readonly facts: FileFacts; readonly content: ReadableStream<Uint8Array> } | undefined>;
  /** Removes every file of these runs. */
  removeRuns(ids: readonly WorkflowInstanceId[]): Promise<void>;
  /** The runs that have files, some at a time, in no order; those that come or go meanwhile may be missing. */
  owners(): AsyncIterable<readonly WorkflowInstanceId[]>;
}
