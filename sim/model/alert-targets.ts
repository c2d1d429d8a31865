/** Who is in which alert group, through time: what the engine may have seen between its look and what it writes. */
import type { AlertKind, ChannelFacts, GroupFacts } from './alert-facts.ts';

export interface AlertTargets {
  channel(id: string, facts: ChannelFacts | null): void;
  group(name: string, facts: GroupFacts): void;
  find(id: string): ChannelFacts | undefined;
  /** A process has read the groups: what it decides next stands on what there was from now on. */
  looked(process: string): void;
  /** Channels that an alert must, and may, go to, decided by a process that looked before. */
  audience(process: string, alert: { readonly group: string | null; readonly kind: AlertKind }): Audience;
}

export interface Audience {
  readonly must: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
}

interface Targets {
  readonly channels: ReadonlyMap<string, ChannelFacts>;
  readonly groups: ReadonlyMap<string, GroupFacts>;
}

export function createAlertTargets(): AlertTargets {
  /** As they were, the newest last. */
  const past: Targets[] = [{ channels: new Map(), groups: new Map() }];
  const looks = new Map<string, number>();
  const now = () => past.at(-1)!;

  return {
    channel(id, facts) {
      const { channels, groups } = now();
      const next = new Map(channels);
      if (facts) next.set(id, facts);
      else next.delete(id);
      past.push({ channels: next, groups });
    },
    group(name, facts) {
      const { channels, groups } = now();
      past.push({ channels, groups: new Map([...groups, [name, facts]]) });
    },
    find: (id) => now().channels.get(id),
    looked: (process) => void looks.set(process, past.length - 1),
    audience(process, alert) {
      const seen = past.slice(looks.get(process) ?? 0).map((targets) => told(targets, alert));
      const may = new Set(seen.flatMap((ids) => [...ids]));
      return { may, must: new Set([...may].filter((id) => seen.every((ids) => ids.has(id)))) };
    },
  };
}

function told(
  { channels, groups }: Targets,
  { group, kind }: { readonly group: string | null; readonly kind: AlertKind },
): ReadonlySet<string> {
  const listening = [...groups].filter(([name, { kinds }]) => (group === null ? kinds.includes(kind) : name === group));
  const ids = listening.flatMap(([, facts]) => facts.channels);
  return new Set(ids.filter((id) => channels.get(id)?.enabled));
}
