/** Where tasks name each other besides their dependsOn: branches and conditions. Pure. */
import { type Change, changesBetween, isLoose, type Loose, type Path } from './change.ts';

export interface WrittenTask {
  readonly index: number;
  readonly name: string;
  readonly task: Loose;
  readonly dependsOn: readonly string[];
}

/** The tasks of a document that can be told by their names. */
export function tasksOf(root: unknown): readonly WrittenTask[] {
  const tasks = isLoose(root) && Array.isArray(root.tasks) ? (root.tasks as unknown[]) : [];
  return tasks.flatMap((task, index) => {
    if (!isLoose(task)) return [];
    const name = typeof task.name === 'string' || typeof task.name === 'number' ? String(task.name) : '';
    return [{ index, name, task, dependsOn: namesOf(task.dependsOn) }];
  });
}

/** One name, or a list of names. */
function namesOf(written: unknown): readonly string[] {
  return (Array.isArray(written) ? written : [written]).filter((name) => typeof name === 'string');
}

/** A name is replaced by another one, or by none. */
type Mend = (name: string) => string | undefined;

/** The task with its branches and conditions mended; those of other workflows are left alone. */
export function mendReferences(task: Loose, workflow: string, mend: Mend): Loose {
  const next: Record<string, unknown> = { ...task };
  if (task.type === 'switch') {
    if (Array.isArray(task.cases))
      next.cases = task.cases.map((one) => (isLoose(one) ? { ...one, then: mendBranch(one.then, mend) } : one));
    // To leave it out would mean that the task fails.
    if (task.otherwise !== undefined) next.otherwise = mendBranch(task.otherwise, mend);
  } else if (task.type === 'conditions') {
    for (const key of ['then', 'else'] as const) {
      if (task[key] === undefined) continue;
      const branch = mendBranch(task[key], mend);
      next[key] = Array.isArray(branch) && branch.length === 0 && namesOf(task[key]).length > 0 ? undefined : branch;
    }
    next.when = mendTree(task.when, 'task', mend);
  } else if (task.type === 'dependent') {
    next.on = mendTree(
      task.on,
      'task',
      (name) => name,
      (item) =>
        item.workflow === workflow && item.project === undefined && typeof item.task === 'string'
          ? { ...item, task: mend(item.task) ?? item.task }
          : item,
    );
  }
  return next;
}

function mendBranch(written: unknown, mend: Mend): unknown {
  if (typeof written === 'string') return mend(written) ?? [];
  if (!Array.isArray(written)) return written;
  return written.flatMap((name) => (typeof name === 'string' ? (mend(name) ?? []) : [name]));
}

/** Items joined by all and any; what holds no item any more is left out. */
function mendTree(tree: unknown, key: string, mend: Mend, item = (one: Loose): Loose => one): unknown {
  const list = (items: readonly unknown[]) => {
    const kept = items.map((one) => mendTree(one, key, mend, item)).filter((one) => one !== undefined);
    return kept.length === 0 && items.length > 0 ? undefined : kept;
  };
  if (Array.isArray(tree)) return list(tree);
  if (!isLoose(tree)) return tree;
  for (const join of ['all', 'any'] as const) {
    if (!Array.isArray(tree[join])) continue;
    const items = list(tree[join] as unknown[]);
    return items === undefined ? undefined : { ...tree, [join]: items };
  }
  const named = tree[key];
  if (typeof named !== 'string') return item(tree);
  const name = mend(named);
  return name === undefined ? undefined : item(name === named ? tree : { ...tree, [key]: name });
}

/** What is written anew of a task that is mended, its dependsOn included. */
export function changesOfTask(at: WrittenTask, next: Loose): readonly Change[] {
  const path: Path = ['tasks', at.index];
  return [...new Set([...Object.keys(at.task), ...Object.keys(next)])].flatMap((key) =>
    changesBetween([...path, key], at.task[key], next[key]),
  );
}
