/**
 * What differs between two definitions, as a person would tell it: lists of named things (tasks, parameters) are
 * compared by name, so that one task put in front does not make every other look changed. Pure.
 */
import { canonicalJson, type WorkflowDocument } from '@vaquita/core';

export interface DocumentChange {
  /** Such as `tasks[2].retry.times`: the place in the newer document, or of what was removed, in the older one. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'reordered';
  /** Absent when added. Of `reordered` the names in their order. */
  readonly from?: unknown;
  /** Absent when removed. */
  readonly to?: unknown;
}

export interface DocumentDiff {
  readonly tasks: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly { readonly name: string; readonly changes: readonly DocumentChange[] }[];
  };
  /** Everything that is not of one task, the order of the tasks included. */
  readonly fields: readonly DocumentChange[];
}

type Json = Readonly<Record<string, unknown>>;
type Named = Json & { readonly name: string };

export function diffDocuments(older: WorkflowDocument, newer: WorkflowDocument): DocumentDiff {
  const { tasks: olderTasks, ...from } = inOneForm(older);
  const { tasks: newerTasks, ...to } = inOneForm(newer);
  const fields: DocumentChange[] = [];
  compare('', from, to, fields);
  const tasks = matchByName(olderTasks as readonly Named[], newerTasks as readonly Named[]);
  if (tasks.reordered) fields.push({ path: 'tasks', ...tasks.reordered });
  const changed = tasks.common.map(({ name, from, to, toIndex }) => {
    const changes: DocumentChange[] = [];
    compare(`tasks[${toIndex}]`, from, to, changes);
    return { name, changes };
  });
  return {
    tasks: {
      added: tasks.added.map(({ item }) => item.name),
      removed: tasks.removed.map(({ item }) => item.name),
      changed: changed.filter(({ changes }) => changes.length > 0),
    },
    fields,
  };
}

/** Keys in the one order and nothing undefined: equal things have equal JSON. */
function inOneForm(document: WorkflowDocument): Json {
  return JSON.parse(canonicalJson(document)) as Json;
}

function compare(path: string, from: unknown, to: unknown, changes: DocumentChange[]): void {
  if (JSON.stringify(from) === JSON.stringify(to)) return;
  if (isRecord(from) && isRecord(to)) compareRecords(path, from, to, changes);
  else if (isNamedList(from) && isNamedList(to)) compareLists(path, from, to, changes);
  else changes.push({ path, kind: 'changed', from, to });
}

function compareRecords(path: string, from: Json, to: Json, changes: DocumentChange[]): void {
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(to, key)) changes.push({ path: at, kind: 'removed', from: from[key] });
    else if (!Object.hasOwn(from, key)) changes.push({ path: at, kind: 'added', to: to[key] });
    else compare(at, from[key], to[key], changes);
  }
}

function compareLists(path: string, from: readonly Named[], to: readonly Named[], changes: DocumentChange[]): void {
  const { added, removed, common, reordered } = matchByName(from, to);
  for (const { item, index } of removed) changes.push({ path: `${path}[${index}]`, kind: 'removed', from: item });
  for (const { item, index } of added) changes.push({ path: `${path}[${index}]`, kind: 'added', to: item });
  for (const { from, to, toIndex } of common) compare(`${path}[${toIndex}]`, from, to, changes);
  if (reordered) changes.push({ path, ...reordered });
}

function matchByName(from: readonly Named[], to: readonly Named[]) {
  const older = new Map(from.map((item) => [item.name, item]));
  const newer = new Map(to.map((item) => [item.name, item]));
  const indexed = (list: readonly Named[]) => list.map((item, index) => ({ item, index }));
  const common = indexed(to).flatMap(({ item, index }) => {
    const before = older.get(item.name);
    return before === undefined ? [] : [{ name: item.name, from: before, to: item, toIndex: index }];
  });
  const orderBefore = from.map(({ name }) => name).filter((name) => newer.has(name));
  const orderAfter = common.map(({ name }) => name);
  return {
    removed: indexed(from).filter(({ item }) => !newer.has(item.name)),
    added: indexed(to).filter(({ item }) => !older.has(item.name)),
    common,
    reordered: orderBefore.some((name, index) => name !== orderAfter[index])
      ? ({ kind: 'reordered', from: orderBefore, to: orderAfter } as const)
      : undefined,
  };
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every element has a name of its own. */
function isNamedList(value: unknown): value is readonly Named[] {
  if (!Array.isArray(value)) return false;
  const names = value.map((item) => (isRecord(item) ? item.name : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}
