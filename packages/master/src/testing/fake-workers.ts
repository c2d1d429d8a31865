/** Workers that look where they are told, in memory. */
import type { WorkerId } from '@vaquita/core';
import type { LookAnswer, LookedEntry, Lookouts } from '../sessions/lookouts.ts';

type Instead = LookAnswer | null | undefined;

export interface FakeWorker {
  /** By path. */
  readonly files: Map<string, LookedEntry>;
  /** Said beside what was found. */
  problem: LookAnswer['problem'];
  /** Called before it answers; what it gives takes the place of the answer. */
  asked: ((after: string | null) => Instead | Promise<Instead>) | null;
  /** How often it has been asked. */
  looks: number;
}

export function createFakeWorkers(group = 'etl') {
  const workers = new Map<string, FakeWorker>();

  const lookouts: Lookouts = {
    of: (name) =>
      name === group ? [...workers.keys()].sort().map((id) => ({ workerId: id as WorkerId, name: `the ${id}` })) : [],
    async look(id, { after, limit }) {
      const worker = workers.get(id);
      if (worker === undefined) return null;
      worker.looks += 1;
      const instead = await worker.asked?.(after);
      if (instead !== undefined) return instead;
      if (!workers.has(id)) return null;
      const paths = [...worker.files.keys()].sort().filter((path) => after === null || path > after);
      const isEnd = paths.length <= limit;
      const entries = paths.slice(0, limit).map((path) => worker.files.get(path)!);
      return { entries, isEnd, problem: after === null ? worker.problem : null };
    },
  };

  function join(id: string, files: FakeWorker['files'] = new Map()): FakeWorker {
    const worker: FakeWorker = { files, problem: null, asked: null, looks: 0 };
    workers.set(id, worker);
    return worker;
  }

  return { lookouts, join, leave: (id: string) => void workers.delete(id) };
}

/** Puts a file there, or replaces it: `version` is what tells one from the other. */
export function drop(files: FakeWorker['files'], path: string, version = 1): void {
  files.set(path, { path, size: version, modifiedAt: 1_000 * version, etag: null });
}
