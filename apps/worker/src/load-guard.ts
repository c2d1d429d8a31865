/**
 * Keeps tasks away from a machine that has no room for more: looks at it now and then, and says what is wrong.
 *
 * L1 What has been complained of must become clearly better before that is taken back: it does not change with each task.
 * L2 A peak of the processors that one look sees is no overload.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import type { AgentLog } from './host.ts';

/** Each is null for no limit. */
export interface LoadLimits {
  /** Of all processors, 0 to 1, over some seconds. */
  readonly cpu: number | null;
  /** Of the memory that this worker may use, 0 to 1. */
  readonly memory: number | null;
  /** Least free bytes where the work folder is. */
  readonly diskFreeBytes: number | null;
}

/** Null is not known. */
export interface LoadFigures {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly diskFreeBytes: number | null;
}

export interface Overload {
  /** What is wrong, for people. */
  readonly text: string;
  /** The limits that are passed: shares of processors and memory, free bytes of the disk. */
  readonly passed: { readonly cpu?: number; readonly memory?: number; readonly disk?: number };
}

export interface LoadGuard {
  /** Why nothing new should be taken; null when there is room. */
  readonly overload: Overload | null;
  close(): void;
}

export interface LoadGuardOptions {
  readonly limits: LoadLimits;
  readFigures(): Promise<LoadFigures>;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly log: AgentLog;
}

/** No server knows better what this machine is for: processors are divided by slots, not guarded, unless asked for. */
export const DEFAULT_LIMITS: LoadLimits = { cpu: null, memory: 0.95, diskFreeBytes: 268_435_456 };
export const NO_LIMITS: LoadLimits = { cpu: null, memory: null, diskFreeBytes: null };

const LOOK_EVERY_MS = 2_000;
/** How much a new figure counts (L2). */
const CPU_WEIGHT = 0.25;
/** L1: parts of the limit. */
const BETTER = { cpu: 0.9, memory: 0.97, disk: 1.25 } as const;

interface Check {
  readonly name: keyof Overload['passed'];
  readonly limit: number | null;
  /** What is wrong, in words, or null. `before`: whether it was so before. */
  judge(figures: LoadFigures, limit: number, before: boolean): string | null;
}

/** Resolves after a first look: what is wrong from the beginning is known before anything is taken. */
export async function openLoadGuard({ limits, readFigures, clock, log }: LoadGuardOptions): Promise<LoadGuard> {
  const checks = checksOf(limits);
  const complaints = new Map<Check, string>();
  let overload: Overload | null = null;
  let cpu: number | null = null;
  let timer: TimerHandle | null = null;
  let closed = false;

  async function look(): Promise<void> {
    const figures = await readFigures();
    if (closed) return;
    if (figures.cpu !== null) cpu = cpu === null ? figures.cpu : cpu + CPU_WEIGHT * (figures.cpu - cpu);
    judge({ ...figures, cpu });
    timer = clock.setTimeout(() => void look(), LOOK_EVERY_MS);
  }

  function judge(figures: LoadFigures): void {
    for (const check of checks) {
      const before = complaints.has(check);
      const text = check.limit === null ? null : check.judge(figures, check.limit, before);
      if (text === null) complaints.delete(check);
      else complaints.set(check, text);
      if (text !== null && !before) log.warn(`Overloaded, nothing new is taken: ${text}.`);
      if (text === null && before) log.info(`There is room again: ${check.name}.`);
    }
    overload = complaints.size === 0 ? null : overloadOf(complaints);
  }

  if (checks.some(({ limit }) => limit !== null)) await look();
  return {
    get overload() {
      return overload;
    },
    close() {
      closed = true;
      if (timer !== null) clock.clearTimeout(timer);
    },
  };
}

function checksOf(limits: LoadLimits): readonly Check[] {
  return [
    {
      name: 'cpu',
      limit: limits.cpu,
      judge({ cpu: used }, limit, before) {
        if (used === null || used < limit * (before ? BETTER.cpu : 1)) return null;
        return `the processors are ${percent(used)} busy, and ${percent(limit)} is the limit (--max-cpu)`;
      },
    },
    {
      name: 'memory',
      limit: limits.memory,
      judge({ memory: used }, limit, before) {
        if (used === null || used < limit * (before ? BETTER.memory : 1)) return null;
        return `${percent(used)} of the memory is in use, and ${percent(limit)} is the limit (--max-memory)`;
      },
    },
    {
      name: 'disk',
      limit: limits.diskFreeBytes,
      judge({ diskFreeBytes: free }, limit, before) {
        if (free === null || free >= limit * (before ? BETTER.disk : 1)) return null;
        return `${mebibytes(free)} are free where the work folder is, and ${mebibytes(limit)} is the least (--min-disk)`;
      },
    },
  ];
}

function overloadOf(complaints: ReadonlyMap<Check, string>): Overload {
  return {
    text: [...complaints.values()].join('; '),
    passed: Object.fromEntries(Array.from(complaints.keys(), ({ name, limit }) => [name, limit])),
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 1_048_576)} MiB`;
}
