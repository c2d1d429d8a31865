/** What servers tell each other, that they look at once: one hint a message, which may come late, or not at all. */
import type { Random } from '@vaquita/core';
import type { Meter } from './meter.ts';
import type { SimServer } from './server.ts';
import type { Timeline } from './timeline.ts';

/** Somebody has filed a command; somebody has taken the lead, or has let go of it. */
export type Hint = 'commands' | 'lease';

export interface HintNet {
  /** To all other servers. */
  tell(from: string, hint: Hint): void;
  /** For so long no hint comes from this server, and none reaches it. */
  cutOff(server: string, forMs: number): void;
}

export interface HintNetDeps {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly delayMs: number;
  readonly note: Meter['note'];
  readonly servers: readonly SimServer[];
}

export function createHintNet({ timeline, random, delayMs, note, servers }: HintNetDeps): HintNet {
  const cutOffUntil = new Map<string, number>();
  const isCutOff = (server: string) => (cutOffUntil.get(server) ?? 0) > timeline.elapsed;

  return {
    tell(from, hint) {
      for (const server of servers) {
        if (server.name === from) continue;
        if (isCutOff(from) || isCutOff(server.name)) note('unheard');
        else timeline.after(random.next() * delayMs, () => server.heard(hint));
      }
    },
    cutOff(server, forMs) {
      cutOffUntil.set(server, timeline.elapsed + forMs);
    },
  };
}
