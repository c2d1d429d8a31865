/**
 * What can be done to a workflow as a document, by whichever pane. A command says what changes, or why it may not be
 * done. Tasks are told by their names. Pure.
 */
import { taskTemplate } from '../templates.ts';
import { type Change, changesBetween, isLoose, type Loose, valueAt } from './change.ts';
import { changesOfTask, mendReferences, tasksOf, type WrittenTask } from './references.ts';

/** `path` of a cycle: its tasks in the order in which they run, the first again at the end. */
export type Refusal =
  | { readonly why: 'cycle'; readonly path: readonly string[] }
  | { readonly why: 'taken' | 'gone' | 'connected'; readonly name: string }
  | { readonly why: 'self' | 'unnamed' | 'byHand' };

export type Outcome = readonly Change[] | Refusal;
/** `root`: the document as plain values. */
export type Command = (root: unknown) => Outcome;

export const isRefusal = (outcome: Outcome): outcome is Refusal => 'why' in outcome;

const gone = (name: string): Refusal => ({ why: 'gone', name });

export function freeName(root: unknown, wanted: string): string {
  const taken = new Set(tasksOf(root).map(({ name }) => name));
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
  return name;
}

/** The way on which `from` waits for `to` already, so that `to` may not wait for `from`. */
export function cycleThrough(tasks: readonly Pick<WrittenTask, 'name' | 'dependsOn'>[], from: string, to: string) {
  const parents = new Map(tasks.map((task) => [task.name, task.dependsOn]));
  // From each task that was reached to the one behind it.
  const next = new Map<string, string>();
  const queue = [from];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (name === to) {
      const path = [to];
      for (let at: string | undefined = to; at !== from; ) {
        at = next.get(at)!;
        path.push(at);
      }
      return [...path, to];
    }
    for (const parent of parents.get(name) ?? []) {
      if (next.has(parent) || parent === from) continue;
      next.set(parent, name);
      queue.push(parent);
    }
  }
  return null;
}

/** A task of a type, behind the one named `after`, which it waits for; at the end without it. */
export function addTask(type: string, after?: string): Command {
  return (root) => {
    const before = after === undefined ? undefined : find(root, after);
    if (after !== undefined && before === undefined) return gone(after);
    const task = newTask(root, type, after === undefined ? [] : [after]);
    return [
      { kind: 'insert', path: ['tasks'], at: before === undefined ? count(root) : before.index + 1, value: task },
    ];
  };
}

function newTask(root: unknown, type: string, dependsOn: readonly string[]): Loose {
  const name = freeName(root, type);
  return { name, type, ...(dependsOn.length === 0 ? {} : { dependsOn }), ...taskTemplate(type) };
}

/** A task between two of which the second waits for the first. */
export function insertBetween(type: string, from: string, to: string): Command {
  return (root) => {
    const [first, second] = [find(root, from), find(root, to)];
    if (first === undefined || second === undefined) return gone(first === undefined ? from : to);
    const task = newTask(root, type, [from]);
    const name = task.name as string;
    const workflow = nameOf(root);
    const behind = { ...second.task, dependsOn: second.dependsOn.map((one) => (one === from ? name : one)) };
    return [
      { kind: 'insert', path: ['tasks'], at: first.index + 1, value: task },
      // What was asked about the first task is asked about the new one; a branch that led on leads there.
      ...changesOfTask(
        second,
        mendReferences(behind, workflow, (one) => (one === from ? name : one)),
      ),
      ...changesOfTask(
        first,
        mendReferences(first.task, workflow, (one) => (one === to ? name : one)),
      ),
    ];
  };
}

export function renameTask(from: string, to: string): Command {
  return (root) => {
    const tasks = tasksOf(root);
    const renamed = find(root, from);
    if (renamed === undefined) return gone(from);
    if (to.trim() === '') return { why: 'unnamed' };
    if (to !== from && tasks.some(({ name }) => name === to)) return { why: 'taken', name: to };
    return tasks.flatMap((at) => {
      const mend = (name: string) => (name === from ? to : name);
      const next: Record<string, unknown> = { ...mendReferences(at.task, nameOf(root), mend) };
      if (Array.isArray(at.task.dependsOn))
        next.dependsOn = at.task.dependsOn.map((one) => (typeof one === 'string' ? mend(one) : one));
      if (at.index === renamed.index) next.name = to;
      return changesOfTask(at, next);
    });
  };
}

/** What waited for the task waits for what the task waited for, so that the rest keeps its order. */
export function removeTask(name: string): Command {
  return (root) => {
    const removed = find(root, name);
    if (removed === undefined) return gone(name);
    const mended = tasksOf(root).flatMap((at) => {
      if (at.index === removed.index) return [];
      const dependsOn = at.dependsOn.includes(name)
        ? [...new Set(at.dependsOn.flatMap((one) => (one === name ? removed.dependsOn : [one])))]
        : at.task.dependsOn;
      const next = mendReferences({ ...at.task, dependsOn }, nameOf(root), (one) => (one === name ? undefined : one));
      return changesOfTask(at, withoutEmpty(next, at.task));
    });
    return [...mended, takeTask(root, removed.index)];
  };
}

const takeTask = (root: unknown, index: number): Change =>
  count(root) === 1 ? { kind: 'set', path: ['tasks'], value: [] } : { kind: 'remove', path: ['tasks', index] };

/** A copy behind the task, with a name of its own. */
export function duplicateTask(name: string): Command {
  return (root) => {
    const at = find(root, name);
    if (at === undefined) return gone(name);
    return [{ kind: 'insert', path: ['tasks'], at: at.index + 1, value: { ...at.task, name: freeName(root, name) } }];
  };
}

/** To another place in the list, counted without it. What runs when does not change. */
export function moveTask(name: string, to: number): Command {
  return (root) => {
    const at = find(root, name);
    if (at === undefined) return gone(name);
    const index = Math.max(0, Math.min(count(root) - 1, to));
    return index === at.index ? [] : [{ kind: 'move', path: ['tasks'], from: at.index, to: index }];
  };
}

/** Has `to` wait for `from`. */
export function connect(from: string, to: string): Command {
  return (root) => {
    const refusal = whyNotConnect(root, from, to);
    if (refusal !== undefined) return refusal;
    const { task, index, dependsOn } = find(root, to)!;
    return changesBetween(['tasks', index, 'dependsOn'], task.dependsOn, [...dependsOn, from]);
  };
}

export function whyNotConnect(root: unknown, from: string, to: string): Refusal | undefined {
  if (from === to) return { why: 'self' };
  const tasks = tasksOf(root);
  const target = find(root, to);
  if (target === undefined || !tasks.some(({ name }) => name === from)) return gone(target === undefined ? to : from);
  if (target.dependsOn.includes(from)) return { why: 'connected', name: from };
  const path = cycleThrough(tasks, from, to);
  return path === null ? undefined : { why: 'cycle', path };
}

/** Branches and conditions that only make sense with the connection go with it. */
export function disconnect(from: string, to: string): Command {
  return (root) => {
    const [first, second] = [find(root, from), find(root, to)];
    if (second === undefined) return gone(to);
    const workflow = nameOf(root);
    const without = { ...second.task, dependsOn: second.dependsOn.filter((one) => one !== from) };
    const next = mendReferences(without, workflow, (one) => (one === from ? undefined : one));
    return [
      ...changesOfTask(second, withoutEmpty(next, second.task)),
      ...(first === undefined
        ? []
        : changesOfTask(
            first,
            mendReferences(first.task, workflow, (one) => (one === to ? undefined : one)),
          )),
    ];
  };
}

/** A key of a task; undefined takes it away. */
export function setOfTask(name: string, key: string, value: unknown): Command {
  return (root) => {
    const at = find(root, name);
    return at === undefined ? gone(name) : changesBetween(['tasks', at.index, key], at.task[key], value);
  };
}

/** A key of the workflow itself. */
export function setOfWorkflow(key: string, value: unknown): Command {
  return (root) => changesBetween([key], valueAt(root, [key]), value);
}

const find = (root: unknown, name: string) => tasksOf(root).find((task) => task.name === name);

function count(root: unknown): number {
  const tasks = valueAt(root, ['tasks']);
  return Array.isArray(tasks) ? tasks.length : 0;
}

const nameOf = (root: unknown): string => (isLoose(root) && typeof root.name === 'string' ? root.name : '');

/** A list that has become empty says nothing: it was not there before it held something. */
function withoutEmpty(next: Loose, before: Loose): Loose {
  const isEmptied = Array.isArray(next.dependsOn) && next.dependsOn.length === 0 && before.dependsOn !== undefined;
  return isEmptied ? { ...next, dependsOn: undefined } : next;
}
