/**
 * What the programs of tasks use of their machine. Memory, and the time of programs that run long, is read off the process
 * table every so often, once for all of them; the time of a program that has just ended is told by the system, which adds
 * it to what its parent has waited for. Linux alone tells all of this; elsewhere nothing is said.
 *
 * U1 Nothing is made up: what was never read is null.
 * U2 What one program has used is never counted for another: when several end at once, it is left at what was read before.
 */
import { listProcesses, type ProcessStat, waitedForMs } from './process-table.ts';

/** Null where it is not known. */
export interface ProcessUsage {
  /** On all cores together, in milliseconds. */
  readonly cpuMs: number | null;
  /** The most that all of its processes held in memory at one of the readings, in bytes. */
  readonly maxRssBytes: number | null;
}

export interface UsageWatch {
  /** The program has just ended and been waited for. Resolves with the figures of its whole group. */
  end(): Promise<ProcessUsage | null>;
}

export interface UsageMeter {
  /** @param group id of the process group, which is the id of the program */
  watch(group: number): UsageWatch;
}

export interface UsageSource {
  processes(): Promise<readonly ProcessStat[]>;
  /** Milliseconds of processor time of all children that this process has waited for; null where nobody tells. */
  waitedFor(): number | null;
}

/** Most tasks are short: the first reading comes soon, the others seldom. */
const READINGS = { firstMs: 500, everyMs: 2_000 };

interface Watched {
  readonly group: number;
  /** Of readings, by process: the time of one that has ended stays counted. */
  readonly cpu: Map<number, number>;
  maxRssBytes: number | null;
}

export function createUsageMeter(source: UsageSource = SYSTEM, { firstMs, everyMs } = READINGS): UsageMeter {
  const watched = new Map<number, Watched>();
  /** Ended in this turn of the event loop: the system waits for all of them before any of them is told of. */
  let ending: ((alone: number | null) => void)[] = [];
  let waited = source.waitedFor();
  let planned = false;

  function plan(ms: number): void {
    if (planned) return;
    planned = true;
    setTimeout(() => void read(), ms).unref();
  }

  async function read(): Promise<void> {
    const table = await source.processes().catch(() => []);
    for (const one of watched.values()) take(one, table);
    planned = false;
    if (watched.size > 0) plan(everyMs);
  }

  /** U2 */
  function settle(): void {
    const all = ending;
    ending = [];
    const now = source.waitedFor();
    const spent = now === null || waited === null ? null : now - waited;
    waited = now;
    for (const tell of all) tell(all.length === 1 ? spent : null);
  }

  return {
    watch(group) {
      const one: Watched = { group, cpu: new Map(), maxRssBytes: null };
      watched.set(group, one);
      plan(firstMs);
      return {
        async end() {
          watched.delete(group);
          const alone = await new Promise<number | null>((resolve) => {
            if (ending.length === 0) setImmediate(settle);
            ending.push(resolve);
          });
          const sampled = one.cpu.size === 0 ? null : [...one.cpu.values()].reduce((sum, ms) => sum + ms, 0);
          const cpuMs = alone === null || sampled === null ? (alone ?? sampled) : Math.max(alone, sampled);
          if (cpuMs === null && one.maxRssBytes === null) return null;
          return { cpuMs: cpuMs === null ? null : Math.round(cpuMs), maxRssBytes: one.maxRssBytes };
        },
      };
    },
  };
}

function take(one: Watched, table: readonly ProcessStat[]): void {
  const members = table.filter(({ group, dead }) => group === one.group && !dead);
  if (members.length === 0) return;
  for (const { pid, cpuMs } of members) one.cpu.set(pid, Math.max(cpuMs, one.cpu.get(pid) ?? 0));
  const rss = members.reduce((sum, { rssBytes }) => sum + rssBytes, 0);
  one.maxRssBytes = Math.max(rss, one.maxRssBytes ?? 0);
}

export const SYSTEM: UsageSource = {
  processes: () => (process.platform === 'linux' ? listProcesses() : Promise.resolve([])),
  waitedFor: waitedForMs,
};
