/** Two versions of a workflow as one graph: all tasks and dependencies of both, each marked by what became of it. Pure. */
import type { TaskOutline } from '#lib/definition/document.ts';
import type { PictureNode } from '#lib/graph/picture.ts';

export interface GraphDiffNames {
  readonly added: string;
  readonly removed: string;
  readonly changed: string;
}

type Task = Pick<TaskOutline, 'id' | 'type' | 'dependsOn' | 'enabled'>;

/** @param changed names of tasks that are in both and not the same */
export function graphDiffOf(
  from: readonly Task[],
  to: readonly Task[],
  changed: ReadonlySet<string>,
  words: GraphDiffNames,
): readonly PictureNode[] {
  const before = new Map(from.map((task) => [task.id, task]));
  const after = new Set(to.map(({ id }) => id));
  const kept = to.map((task): PictureNode => {
    const { id, type, dependsOn, enabled } = task;
    const old = before.get(id);
    const node = { id, type, dependsOn, muted: !enabled };
    if (old === undefined) return { ...node, mark: 'added', note: words.added, gained: dependsOn };
    const lost = old.dependsOn.filter((name) => !dependsOn.includes(name));
    const gained = dependsOn.filter((name) => !old.dependsOn.includes(name));
    return {
      ...node,
      dependsOn: [...dependsOn, ...lost],
      ...{ lost, gained },
      ...(changed.has(id) ? { mark: 'changed' as const, note: words.changed } : {}),
    };
  });
  const gone = from
    .filter(({ id }) => !after.has(id))
    .map(
      ({ id, type, dependsOn }): PictureNode => ({
        ...{ id, type, dependsOn, lost: dependsOn, mark: 'removed', note: words.removed },
      }),
    );
  return [...kept, ...gone];
}
