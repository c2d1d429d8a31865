/**
 * Outputs that a task can see: those of every task before it, each name once. Where parallel tasks gave the same name,
 * the one that ended last wins. What a task sees is written down as where it comes from, and tasks that see the same
 * share that; names are gathered when a task needs them. So a run of ten thousand tasks that all put something out costs
 * memory by tasks and edges, not by tasks and names.
 */
import type { TaskInstanceRow } from './rows.ts';

export interface VisibleOutput {
  readonly value: string;
  readonly endedAt: number;
}

type Ended = Pick<TaskInstanceRow, 'outputs' | 'endedAt'>;

export interface VisibleOutputs {
  /** What a task put out itself, over what comes before it. */
  readonly own: Ended | null;
  readonly before: readonly VisibleOutputs[];
}

export const NOTHING_VISIBLE: VisibleOutputs = { own: null, before: [] };

export interface Upstream {
  readonly inherited: VisibleOutputs;
  readonly own: Ended | null;
}

export function mergeVisible(upstreams: readonly Upstream[]): VisibleOutputs {
  const sources = new Set<VisibleOutputs>();
  for (const upstream of upstreams) {
    const source = passedOn(upstream);
    if (source !== NOTHING_VISIBLE) sources.add(source);
  }
  if (sources.size === 0) return NOTHING_VISIBLE;
  const before = [...sources];
  return before.length === 1 ? before[0]! : { own: null, before };
}

/** By the outputs of a task: all tasks after it see the same. */
const shared = new WeakMap<TaskInstanceRow['outputs'], VisibleOutputs>();

function passedOn({ inherited, own }: Upstream): VisibleOutputs {
  if (own === null || !hasKeys(own.outputs)) return inherited;
  const known = shared.get(own.outputs);
  if (known?.own?.endedAt === own.endedAt && (known.before[0] ?? NOTHING_VISIBLE) === inherited) return known;
  const { outputs, endedAt } = own;
  const made: VisibleOutputs = {
    own: { outputs, endedAt },
    before: inherited === NOTHING_VISIBLE ? [] : [inherited],
  };
  shared.set(outputs, made);
  return made;
}

function hasKeys(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return true;
  return false;
}

/** A task is looked at more than once when it is sent, and its neighbours often see the same: the last answer is kept. */
let last: { readonly of: VisibleOutputs; readonly names: ReadonlyMap<string, VisibleOutput> } | undefined;

/** Every name that can be seen. Looks at each source once, whatever comes before another first. */
export function readVisible(visible: VisibleOutputs): ReadonlyMap<string, VisibleOutput> {
  if (last?.of === visible) return last.names;
  const names = new Map<string, VisibleOutput>();
  for (const { own } of inOrder(visible)) {
    for (const [name, value] of Object.entries(own?.outputs ?? {})) {
      const endedAt = own?.endedAt ?? 0;
      const held = names.get(name);
      if (!held || endedAt >= held.endedAt) names.set(name, { value, endedAt });
    }
  }
  last = { of: visible, names };
  return names;
}

/** Without recursion: a chain may be as long as a definition. */
function inOrder(visible: VisibleOutputs): VisibleOutputs[] {
  const order: VisibleOutputs[] = [];
  const seen = new Set([visible]);
  const path = [{ source: visible, next: 0 }];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const source = top.source.before[top.next];
    top.next += 1;
    if (source === undefined) {
      order.push(top.source);
      path.pop();
    } else if (!seen.has(source)) {
      seen.add(source);
      path.push({ source, next: 0 });
    }
  }
  return order;
}
