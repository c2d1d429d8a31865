/** Task logs in memory, with the offsets and lost-bytes marker of the real ones. */
import type { TaskInstanceId } from '@vaquita/core';
import { lostMarker } from '../content/log-bytes.ts';
import { createWatchers } from '../content/watchers.ts';
import type { LogStore } from '../ports/api.ts';

export function createMemoryLogStore(): LogStore {
  const logs = new Map<string, Uint8Array>();
  const watchers = createWatchers();
  const bytesOf = (id: string) => logs.get(id) ?? new Uint8Array();

  return {
    async append(id, offset, chunk) {
      const before = bytesOf(id);
      const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, before.length - offset)));
      if (fresh.length === 0) return before.length;
      const at = Math.max(offset, before.length);
      const after = new Uint8Array(at + fresh.length);
      after.set(before);
      after.set(lostMarker(at - before.length), before.length);
      after.set(fresh, at);
      logs.set(id, after);
      watchers.grown(id);
      return after.length;
    },
    async read(id, offset, limit) {
      const bytes = bytesOf(id);
      let end = Math.min(bytes.length, offset + limit);
      // Back to the border of a character, unless the end of the log is reached.
      while (end > offset && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1;
      return { bytes: bytes.slice(offset, Math.max(offset, end)), size: bytes.length };
    },
    async size(id) {
      return bytesOf(id).length;
    },
    async delete(ids) {
      for (const id of ids) logs.delete(id);
    },
    async *owners() {
      yield [...logs.keys()] as TaskInstanceId[];
    },
    watch: watchers.watch,
  };
}
