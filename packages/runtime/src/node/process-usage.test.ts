/** What programs use, as the process table and the system tell it. */
import { expect, test } from 'vitest';
import { createProcessHost } from './process-host.ts';
import type { ProcessStat } from './process-table.ts';
import { createUsageMeter, SYSTEM } from './process-usage.ts';

const OFTEN = { firstMs: 5, everyMs: 5 };

const stat = (pid: number, group: number, cpuMs: number, rssBytes: number): ProcessStat => ({
  pid,
  group,
  startTime: '1@boot',
  cpuMs,
  rssBytes,
  dead: false,
});

/** A system whose table is read when a test says so: each reading is answered by hand. */
function fakeSystem(waitedFor: number | null) {
  let table: readonly ProcessStat[] = [];
  let readings = 0;
  return {
    source: {
      processes: async () => {
        readings += 1;
        return table;
      },
      waitedFor: () => waitedFor,
    },
    show(next: readonly ProcessStat[]) {
      table = next;
      const before = readings;
      return expect.poll(() => readings, { timeout: 20_000 }).toBeGreaterThan(before + 1);
    },
    waits(ms: number) {
      waitedFor = (waitedFor ?? 0) + ms;
    },
  };
}

test('the most memory of a whole group counts, and the time of every process that was seen in it', async () => {
  const system = fakeSystem(null);
  const one = createUsageMeter(system.source, OFTEN).watch(10);
  await system.show([stat(10, 10, 100, 5_000), stat(11, 10, 50, 3_000), stat(12, 12, 900, 90_000)]);
  await system.show([stat(10, 10, 150, 6_000)]);
  expect(await one.end()).toEqual({ cpuMs: 200, maxRssBytes: 8_000 });
});

test('what the system tells of a program that ended is exact, also where nothing was read', async () => {
  const system = fakeSystem(1_000);
  const meter = createUsageMeter(system.source);
  const short = meter.watch(10);
  system.waits(40);
  expect(await short.end()).toEqual({ cpuMs: 40, maxRssBytes: null });
  const next = meter.watch(11);
  system.waits(70);
  expect(await next.end()).toEqual({ cpuMs: 70, maxRssBytes: null });
});

test('U2: of two that end at once neither is told what the other has used', async () => {
  const system = fakeSystem(0);
  const meter = createUsageMeter(system.source);
  const [one, other] = [meter.watch(10), meter.watch(11)];
  system.waits(500);
  expect(await Promise.all([one.end(), other.end()])).toEqual([null, null]);
  const later = meter.watch(12);
  system.waits(30);
  expect(await later.end()).toEqual({ cpuMs: 30, maxRssBytes: null });
});

test('U1: where nobody tells anything there are no figures', async () => {
  expect(await createUsageMeter(fakeSystem(null).source).watch(10).end()).toBeNull();
});

test.skipIf(process.platform !== 'linux')(
  'of a real program: its time, and the memory of what it holds',
  async () => {
    let seen = 0;
    const processes = async () => {
      const table = await SYSTEM.processes();
      seen = table.find(({ pid }) => pid === running?.pid)?.rssBytes ?? 0;
      return table;
    };
    const host = createProcessHost(createUsageMeter({ ...SYSTEM, processes }, { firstMs: 50, everyMs: 50 }));
    const script = 'const held = Buffer.alloc(150_000_000, 1); for (let spins = 0; ; spins += held[spins % 1000]);';
    const onOutput = () => undefined;
    const running = await host.start({ command: process.execPath, args: ['-e', script], cwd: '/', env: {}, onOutput });
    await expect.poll(() => seen, { timeout: 60_000 }).toBeGreaterThan(150_000_000);
    running.kill(0);
    const { signal, usage } = await running.ended;
    expect(signal).toBe('SIGKILL');
    expect(usage?.maxRssBytes).toBeGreaterThan(150_000_000);
    expect(usage?.cpuMs).toBeGreaterThan(0);
  },
  90_000,
);
