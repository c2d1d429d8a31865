/**
 * Reads YAML that is being written: its outline for the picture, and problems with the line of each. What the server
 * checks in full is not repeated here; only what would make the picture lie. Loaded with the editor, not before.
 */
import { type Document, isCollection, isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from 'yaml';
import { type Outline, outlineOf } from '../definition/document.ts';

export interface TextProblem {
  /** From 1. */
  readonly line: number;
  /** Empty where the text cannot be read. */
  readonly path: string;
  readonly kind: 'text' | 'unknownDep' | 'duplicate' | 'cycle';
  /** The sentence for `text`, otherwise the name or the path that the sentence is about. */
  readonly detail: string;
}

export interface Reading {
  readonly text: string;
  /** Null when the text could not be read at all. */
  readonly document: Document | null;
  /** The document as plain values. */
  readonly value: unknown;
  /** Null when the text could not be read at all. */
  readonly outline: Outline | null;
  readonly problems: readonly TextProblem[];
  /** The line of a path such as `tasks[2].dependsOn[0]`; of the nearest part that exists. */
  lineOf(path: string): number;
}

export function readYaml(text: string): Reading {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, keepSourceTokens: true });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const lineOf = (path: string) => lineAt(offsetOf(document.contents, splitPath(path)));
  const problems: TextProblem[] = document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    path: '',
    kind: 'text',
    detail: error.message,
  }));
  if (problems.length > 0) return { text, document: null, value: undefined, outline: null, problems, lineOf };
  const value = toPlain(document);
  const outline = outlineOf(value);
  return { text, document, value, outline, problems: checkNames(outline, lineOf), lineOf };
}

/** An alias bomb or a broken alias throws: then there is nothing to draw. */
function toPlain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** `tasks[2].dependsOn[0]` → ['tasks', 2, 'dependsOn', 0]. */
export function splitPath(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["([^"]*)"\]|([^.[\]]+)/g)].map((part) =>
    part[1] === undefined ? (part[2] ?? part[3] ?? '') : Number(part[1]),
  );
}

function offsetOf(root: unknown, path: readonly (string | number)[]): number {
  let node: unknown = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (!isCollection(node)) break;
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(part));
      if (pair === undefined) break;
      if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
      next = pair.value;
    } else if (isSeq(node)) {
      next = node.items[Number(part)];
      if (isNode(next) && next.range) offset = next.range[0];
    }
    node = next;
  }
  return offset;
}

function checkNames(outline: Outline, lineOf: (path: string) => number): TextProblem[] {
  const problems: TextProblem[] = [];
  const say = (kind: TextProblem['kind'], path: string, detail: string) =>
    problems.push({ line: lineOf(path), path, kind, detail });
  const seen = new Set<string>();
  const names = new Set(outline.tasks.map((task) => task.id));
  for (const [i, task] of outline.tasks.entries()) {
    if (seen.has(task.id)) say('duplicate', `tasks[${i}].name`, task.id);
    seen.add(task.id);
    for (const [j, name] of task.dependsOn.entries())
      if (!names.has(name)) say('unknownDep', `tasks[${i}].dependsOn[${j}]`, name);
  }
  const cycle = findCycle(outline);
  if (cycle !== null) {
    const at = outline.tasks.findIndex((task) => task.id === cycle[0]);
    say('cycle', `tasks[${at}].dependsOn`, cycle.join(' → '));
  }
  return problems.sort((a, b) => a.line - b.line);
}

/** The tasks of one cycle, its first again at the end; null when there is none. */
export function findCycle(outline: Pick<Outline, 'tasks'>): string[] | null {
  const parents = new Map(outline.tasks.map((task) => [task.id, task.dependsOn]));
  const done = new Set<string>();
  for (const root of parents.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { id: string; leave: boolean }[] = [{ id: root, leave: false }];
    while (stack.length > 0) {
      const { id, leave } = stack.pop()!;
      if (leave) {
        onPath.delete(id);
        path.pop();
        done.add(id);
        continue;
      }
      if (onPath.has(id)) return [...path.slice(path.indexOf(id)), id].reverse();
      if (done.has(id)) continue;
      onPath.add(id);
      path.push(id);
      stack.push({ id, leave: true });
      for (const parent of parents.get(id) ?? []) stack.push({ id: parent, leave: false });
    }
  }
  return null;
}
