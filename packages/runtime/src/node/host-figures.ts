/** How busy this machine is. Figures are of the moment or since the last reading; each meter has readings of its own. */
import { statfs } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { memoryUsed } from './memory-figures.ts';

export interface HostFigures {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly disk: number | null;
  readonly load: number;
  readonly loopLagMs: number;
}

/** What tells whether there is room for more. */
export interface LoadFigures {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly diskFreeBytes: number | null;
}

export interface HostMeter {
  read(): HostFigures;
  close(): void;
}

const LOOP_RESOLUTION_MS = 20;

/** For heartbeats. */
export function createHostMeter(folder: string): HostMeter {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  const cpu = createCpuMeter();
  const disk = createDiskMeter(folder);

  return {
    read() {
      const worst = delay.max / 1e6 - LOOP_RESOLUTION_MS;
      delay.reset();
      return {
        cpu: cpu(),
        memory: fraction(memoryUsed()),
        disk: disk()?.used ?? null,
        load: loadavg()[0] ?? 0,
        loopLagMs: Number.isFinite(worst) && worst > 0 ? Math.round(worst * 10) / 10 : 0,
      };
    },
    close: () => delay.disable(),
  };
}

/** For a look whether there is room for more. Never rejects. */
export function createLoadMeter(folder: string): () => Promise<LoadFigures> {
  const cpu = createCpuMeter();
  return async () => ({
    cpu: cpu(),
    memory: fraction(memoryUsed()),
    diskFreeBytes: (await diskFigures(folder))?.freeBytes ?? null,
  });
}

function createCpuMeter(): () => number | null {
  let before = cpuTimes();
  return () => {
    const now = cpuTimes();
    const total = now.total - before.total;
    const used = total > 0 ? fraction((now.busy - before.busy) / total) : null;
    before = now;
    return used;
  };
}

interface DiskFigures {
  readonly used: number;
  readonly freeBytes: number;
}

async function diskFigures(folder: string): Promise<DiskFigures | null> {
  try {
    const { blocks, bavail, bsize } = await statfs(folder);
    return blocks > 0 ? { used: fraction(1 - bavail / blocks), freeBytes: bavail * bsize } : null;
  } catch {
    return null;
  }
}

/** Asking takes a while on a slow disk, so each reading shows the one before it. */
function createDiskMeter(folder: string): () => DiskFigures | null {
  let known: DiskFigures | null = null;
  function measure(): void {
    void diskFigures(folder).then((figures) => {
      known = figures;
    });
  }
  measure();
  return () => {
    measure();
    return known;
  };
}

function cpuTimes(): { readonly busy: number; readonly total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    total += used + times.idle;
  }
  return { busy, total };
}

function fraction(value: number): number {
  return Math.min(1, Math.max(0, Math.round(value * 1000) / 1000));
}
