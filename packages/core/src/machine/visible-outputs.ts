/**
 * Outputs that a task can see: those of every task before it, each name once. Where parallel tasks gave the same name,
 * the one that ended last wins. Maps are shared between tasks that see the same, so a wide graph costs no copies.
 */
import type { TaskInstanceRow } from './rows.ts';

export interface VisibleOutput {
  readonly value: string;
  readonly endedAt: number;
}

export type VisibleOutputs = ReadonlyMap<string, VisibleOutput>;

export const NOTHING_VISIBLE: VisibleOutputs = new Map();

export interface Upstream {
  readonly inherited: VisibleOutputs;
  readonly own: Pick<TaskInstanceRow, 'outputs' | 'endedAt'> | null;
}

export function mergeVisible(upstreams: readonly Upstream[]): VisibleOutputs {
  const shared = onlySource(upstreams);
  if (shared) return shared;
  const merged = new Map<string, VisibleOutput>();
  for (const { inherited, own } of upstreams) {
    for (const [name, output] of inherited) keepNewest(merged, name, output);
    for (const [name, value] of Object.entries(own?.outputs ?? {})) {
      keepNewest(merged, name, { value, endedAt: own?.endedAt ?? 0 });
    }
  }
  return merged;
}

/** The one map all upstreams share when none adds outputs of its own. */
function onlySource(upstreams: readonly Upstream[]): VisibleOutputs | undefined {
  let source: VisibleOutputs = NOTHING_VISIBLE;
  for (const { inherited, own } of upstreams) {
    if (own && hasKeys(own.outputs)) return undefined;
    if (inherited.size === 0 || inherited === source) continue;
    if (source !== NOTHING_VISIBLE) return undefined;
    source = inherited;
  }
  return source;
}

function hasKeys(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return true;
  return false;
}

function keepNewest(into: Map<string, VisibleOutput>, name: string, output: VisibleOutput): void {
  const held = into.get(name);
  if (!held || output.endedAt >= held.endedAt) into.set(name, output);
}
