/** How busy this machine is: what a heartbeat tells the server. Figures are of the moment or since the last reading. */
import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface HostFigures {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly disk: number | null;
  readonly load: number;
  readonly loopLagMs: number;
}

export interface HostMeter {
  read(): HostFigures;
  close(): void;
}

const LOOP_RESOLUTION_MS = 20;

export function createHostMeter(folder: string): HostMeter {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  let before = cpuTimes();
  let disk: number | null = null;

  /** Takes a while on a slow disk, so each reading shows the one before it. */
  function measureDisk(): void {
    statfs(folder).then(
      ({ blocks, bavail }) => {
        disk = blocks > 0 ? fraction(1 - bavail / blocks) : null;
      },
      () => {
        disk = null;
      },
    );
  }
  measureDisk();

  return {
    read() {
      const now = cpuTimes();
      const total = now.total - before.total;
      const cpu = total > 0 ? fraction((now.busy - before.busy) / total) : null;
      before = now;
      measureDisk();
      const worst = delay.max / 1e6 - LOOP_RESOLUTION_MS;
      delay.reset();
      return {
        cpu,
        memory: fraction(1 - freemem() / totalmem()),
        disk,
        load: loadavg()[0] ?? 0,
        loopLagMs: Number.isFinite(worst) && worst > 0 ? Math.round(worst * 10) / 10 : 0,
      };
    },
    close: () => delay.disable(),
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
