/**
 * The newest figures of each connected worker. They are kept in memory, where whoever asks this server reads them; the
 * database gets them now and then, those of many workers in one small write.
 */
import type { Clock, TimerHandle, WorkerId } from '@vaquita/core';
import type { WorkerHeartbeat } from '@vaquita/protocol';
import type { Logger } from '../settings.ts';
import type { TermWorkers } from './term-workers.ts';
import type { WorkerClock } from './worker-clock.ts';

/** Fractions 0..1, bytes, milliseconds or numbers of things, by name; what a worker does not tell is not there. */
export type WorkerFigures = Readonly<Record<string, number>>;

export interface LiveFigures {
  /** When the worker was last heard, by the clock of this server. */
  readonly at: number;
  readonly stats: WorkerFigures;
}

export interface Heartbeats {
  beat(id: WorkerId, stats: WorkerFigures): void;
  /** It has said something that counts as a sign of life without being a heartbeat. */
  heard(id: WorkerId): void;
  /** When a connected worker was last heard. */
  lastHeardAt(id: WorkerId): number | undefined;
  /** Of a connected worker that has told any. */
  figures(id: WorkerId): LiveFigures | undefined;
  /** The worker is not connected any more. */
  left(id: WorkerId): void;
  close(): void;
}

/** What is known of a worker that has gone is of use to others: it is not kept from them for long. */
const SOON_MS = 1_000;

export function createHeartbeats(
  workers: Pick<TermWorkers, 'beat'>,
  clock: Clock,
  flushMs: number,
  log: Logger,
): Heartbeats {
  /** Not written yet. */
  let fresh = new Map<WorkerId, LiveFigures>();
  const live = new Map<WorkerId, LiveFigures>();
  const heard = new Map<WorkerId, number>();
  let timer: TimerHandle | undefined;
  let closed = false;

  function flushIn(ms: number): void {
    // Connections end after the term that they were of.
    if (closed) return;
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = clock.setTimeout(() => void flush(), ms);
  }

  async function flush(): Promise<void> {
    timer = undefined;
    const beats = Array.from(fresh, ([id, { at, stats }]) => ({ id, at, stats }));
    fresh = new Map();
    try {
      await workers.beat(beats);
    } catch (error) {
      log.warn('Heartbeats of workers could not be written.', { workers: beats.length, error: String(error) });
    }
  }

  return {
    beat(id, stats) {
      const figures = { at: clock.now(), stats };
      heard.set(id, figures.at);
      live.set(id, figures);
      fresh.set(id, figures);
      if (timer === undefined) flushIn(flushMs);
    },
    heard: (id) => void heard.set(id, clock.now()),
    lastHeardAt: (id) => heard.get(id),
    figures: (id) => live.get(id),
    left(id) {
      heard.delete(id);
      live.delete(id);
      if (fresh.has(id)) flushIn(Math.min(SOON_MS, flushMs));
    },
    close() {
      closed = true;
      if (timer !== undefined) clock.clearTimeout(timer);
    },
  };
}

/** It says that it would refuse what it is given. */
export function isOverloaded({ overload }: WorkerHeartbeat): boolean {
  return Object.values(overload ?? {}).some((limit) => limit !== undefined);
}

export function figuresOf(heartbeat: WorkerHeartbeat, workerClock: WorkerClock): WorkerFigures {
  const { cpu, memory, disk, load, loopLagMs, slotsUsed, unsent, roundTripMs, overload } = heartbeat;
  const { isFarOff, skewMs } = workerClock;
  // Only what people are warned of: near zero it would be the line that is measured.
  const clockSkewMs = isFarOff ? skewMs : null;
  const over = { overCpu: overload?.cpu, overMemory: overload?.memory, overDisk: overload?.disk };
  const all = { load, loopLagMs, slotsUsed, cpu, memory, disk, unsent, roundTripMs, clockSkewMs, ...over };
  const known: Record<string, number> = {};
  for (const [name, value] of Object.entries(all)) if (value !== null && value !== undefined) known[name] = value;
  return known;
}
