/** What this server tells the others of itself in the registry, and keeps up to date: where it is, and how its clock goes. */
import { type Clock, toAppError } from '@vaquita/core';
import {
  type ClusterReader,
  formatServerNode,
  type RegistryClient,
  type ServerNode,
  serverNodeKey,
} from '@vaquita/registry';
import type { HostLog } from './host.ts';
import { repeat } from './repeat.ts';

export interface OwnNodeOptions {
  readonly self: RegistryClient;
  readonly cluster: Pick<ClusterReader, 'now'>;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly node: Omit<ServerNode, 'clockAheadMs'>;
}

const MEASURE_MS = 60_000;
/** Less is not worth a write. */
const NOTEWORTHY_MS = 50;

/** @returns how to stop keeping it up to date. @throws AppError when it cannot be told. */
export async function announceServer({
  self,
  cluster,
  clock,
  log,
  node,
}: OwnNodeOptions): Promise<() => Promise<void>> {
  let told: number | undefined;

  async function tell(): Promise<void> {
    const clockAheadMs = await measureClock(cluster, clock);
    if (told !== undefined && Math.abs(clockAheadMs - told) < NOTEWORTHY_MS) return;
    await self.put(serverNodeKey(self.id), formatServerNode({ ...node, clockAheadMs }), { ephemeral: true });
    told = clockAheadMs;
  }

  await tell();
  const stop = repeat(clock, MEASURE_MS, () =>
    tell().catch((error: unknown) => {
      log.warn('How the clock of this server goes could not be told.', { error: toAppError(error).message });
    }),
  );
  return async () => {
    await stop();
    try {
      await self.put(serverNodeKey(self.id), formatServerNode({ ...node, leaving: true }), { ephemeral: true });
    } catch (error) {
      log.warn('Others may take it for lost: that this server stops could not be told.', {
        error: toAppError(error).message,
      });
    }
  };
}

/** By how much the clock here is ahead of that of the database. The answer was made about half-way between asking and hearing. */
async function measureClock({ now }: Pick<ClusterReader, 'now'>, clock: Clock): Promise<number> {
  const askedAt = clock.now();
  const there = await now();
  return Math.round((askedAt + clock.now()) / 2 - there);
}
