/** Reads task logs as text. Offsets are bytes; texts are cut at character borders. */
import { isTaskTerminal, type TaskInstanceRow } from '@vaquita/core';
import type { LogStore } from '@vaquita/store';
import type { LogChunk } from '../views/task-instance.ts';

/** The longest UTF-8 character. */
const MAX_CHAR_BYTES = 4;

export interface LogRange {
  /** Negative: counted from the end. */
  readonly offset: number;
  readonly limit: number;
}

export async function readLog(logs: LogStore, task: TaskInstanceRow, range: LogRange): Promise<LogChunk> {
  const start = range.offset < 0 ? Math.max(0, (await logs.size(task.id)) + range.offset) : range.offset;
  const read = await logs.read(task.id, start, Math.max(range.limit, MAX_CHAR_BYTES));
  // A tail may begin inside a character: the rest of that character is left out.
  const skipped = range.offset < 0 && start > 0 ? leadingRest(read.bytes) : 0;
  const bytes = read.bytes.subarray(skipped);
  const nextOffset = start + read.bytes.length;
  return {
    offset: start + skipped,
    nextOffset,
    size: read.size,
    text: new TextDecoder().decode(bytes),
    ended: isTaskTerminal(task.state) && nextOffset >= read.size,
  };
}

/** Bytes at the beginning that continue a character which began before. */
function leadingRest(bytes: Uint8Array): number {
  let count = 0;
  while (count < MAX_CHAR_BYTES - 1 && count < bytes.length && (bytes[count]! & 0xc0) === 0x80) count++;
  return count;
}
