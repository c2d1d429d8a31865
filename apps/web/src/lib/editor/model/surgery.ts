/**
 * Changes written into a YAML text: only the characters that say what changes are touched, so that comments, order and
 * style of all the rest stay as they are. Knows block and flow style; where it gives up, or what it wrote does not read
 * as it should, `write.ts` goes another way.
 */
import { type Document, isCollection, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Change } from './change.ts';
import * as place from './places.ts';
import { indented, inline, itemText, pairText, shifted } from './write-yaml.ts';

/** A span of the text that is replaced. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Thrown and caught in here. */
class GivesUp extends Error {}

/** @returns undefined when it gives up. `document`: the text, read with `keepSourceTokens`. */
export function writeChanges(text: string, document: Document, changes: readonly Change[]): string | undefined {
  try {
    return applyEdits(
      text,
      changes.map((change) => editOf(text, document, change)),
    );
  } catch (thrown) {
    if (thrown instanceof GivesUp) return undefined;
    throw thrown;
  }
}

function applyEdits(text: string, edits: readonly (Edit | readonly Edit[])[]): string {
  // Those at one place keep their order.
  const sorted = edits.flat().toSorted((a, b) => a.from - b.from || a.to - b.to);
  let next = '';
  let at = 0;
  for (const edit of sorted) {
    if (edit.from < at) throw new GivesUp();
    next += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return next + text.slice(at);
}

function editOf(text: string, document: Document, change: Change): Edit | readonly Edit[] {
  const { path } = change;
  if (change.kind === 'insert' || change.kind === 'move') {
    const list = place.nodeAt(document.contents, path);
    if (change.kind === 'insert' && (!isSeq(list) || list.items.length === 0))
      return setValue(text, document, { kind: 'set', path, value: [change.value] });
    if (!isSeq(list)) throw new GivesUp();
    if (change.kind === 'move') return moveItem(text, list, change.from, change.to);
    return insertItem(text, list, change.at, change.value, path[0] === 'tasks' && path.length === 1);
  }
  if (change.kind === 'set') return setValue(text, document, change);
  const parent = place.nodeAt(document.contents, path.slice(0, -1));
  if (isSeq(parent)) return removeItem(text, parent, Number(path.at(-1)));
  if (isMap(parent)) return removePair(text, parent as YAMLMap, path.at(-1)!);
  throw new GivesUp();
}

function setValue(text: string, document: Document, { path, value }: Extract<Change, { kind: 'set' }>): Edit {
  const key = path.at(-1)!;
  const parent = path.length === 1 ? document.contents : place.nodeAt(document.contents, path.slice(0, -1));
  if (path.length === 1 && (parent === null || (isScalar(parent) && parent.value === null))) {
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    return { from: text.length, to: text.length, text: `${gap}${pairText(String(key), value)}\n` };
  }
  if (isSeq(parent)) return setItem(text, parent, Number(key), value);
  if (!isMap(parent)) throw new GivesUp();
  const map = parent as YAMLMap;
  const pair = place.pairOf(map, key);
  const written = pairText(String(key), value);
  if (!place.isBlock(map)) {
    if (pair !== undefined) return replace(text, pair.value, inline(value));
    return addToFlow(text, map, `${inline(key)}: ${inline(value)}`);
  }
  if (pair === undefined) return addPair(text, map, String(key), written);
  // On one line before and after: the comment behind it stays, and so does the rest of the line.
  const old = pair.value;
  const isOnOneLine = !isCollection(old) || !place.isBlock(old as YAMLMap | YAMLSeq);
  const oneLine = isOnOneLine && !text.slice(place.startOf(old), place.endOf(old, text)).includes('\n');
  if (oneLine && !written.includes('\n') && place.endOf(old, text) > place.startOf(old))
    return replace(text, old, inline(value));
  const from = place.startOf(pair.key);
  return {
    from,
    to: place.endOfPair(pair, text),
    text: shifted(written, ' '.repeat(place.columnOf(text, from))),
  };
}

function replace(text: string, node: unknown, by: string): Edit {
  const [from, to] = [place.startOf(node), place.endOf(node, text)];
  if (from < 0 || to <= from) throw new GivesUp();
  return { from, to, text: by };
}

function setItem(text: string, list: YAMLSeq, index: number, value: unknown): Edit {
  const item = list.items[index];
  if (!place.isBlock(list)) return replace(text, item, inline(value));
  const dash = place.dashesOf(list)[index];
  if (dash === undefined) throw new GivesUp();
  const indent = ' '.repeat(place.columnOf(text, dash));
  return { from: dash, to: place.endOf(item, text), text: shifted(itemText(value), indent) };
}

/** The usual order of the keys of a task and of a workflow; what is not here stands behind them. */
const ORDER = ['name', 'type', 'description', 'enabled', 'dependsOn', 'timezone', 'params', 'execution'];
const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : key === 'tasks' ? 99 : ORDER.length);

function addPair(text: string, map: YAMLMap, key: string, written: string): Edit {
  const first = map.items[0];
  if (first === undefined) throw new GivesUp();
  const column = place.columnOf(text, place.startOf(first.key));
  const before = map.items.findLast((pair) => isScalar(pair.key) && rank(String(pair.key.value)) <= rank(key));
  const end = place.endWithComments(text, place.endOfPair(before ?? first, text), column);
  const lines = indented(written, ' '.repeat(column));
  return end === text.length && text.endsWith('\n')
    ? { from: end, to: end, text: `${lines}\n` }
    : { from: end, to: end, text: `\n${lines}` };
}

function addToFlow(text: string, list: YAMLMap | YAMLSeq, written: string): Edit {
  const last = list.items.at(-1);
  if (last === undefined) return replace(text, list, isSeq(list) ? `[${written}]` : `{ ${written} }`);
  const end = isSeq(list) ? place.endOf(last, text) : place.endOfPair(last as never, text);
  return { from: end, to: end, text: `, ${written}` };
}

function insertItem(text: string, list: YAMLSeq, index: number, value: unknown, open: boolean): Edit {
  if (!place.isBlock(list)) {
    if (index >= list.items.length) return addToFlow(text, list, inline(value));
    const at = place.startOf(list.items[index]);
    return { from: at, to: at, text: `${inline(value)}, ` };
  }
  const dashes = place.dashesOf(list);
  const column = place.columnOf(text, dashes[0]!);
  const indent = ' '.repeat(column);
  if (index === 0) {
    const at = dashes[0]!;
    return { from: at, to: at, text: `${shifted(itemText(value, open), indent)}\n${indent}` };
  }
  const end = place.endWithComments(text, place.endOf(list.items[index - 1], text), column);
  // A blank line between the items before is one before this, too.
  const isApart =
    index > 1 && /\n[ \t]*\r?\n/.test(text.slice(place.endOf(list.items[index - 2], text), dashes[index - 1]));
  return { from: end, to: end, text: `${isApart ? '\n' : ''}\n${indented(itemText(value, open), indent)}` };
}

/** Whole lines of one item of a block list, with the comments that belong to it and without the last line break. */
function linesOf(text: string, list: YAMLSeq, index: number): { readonly from: number; readonly to: number } {
  const dash = place.dashesOf(list)[index];
  if (dash === undefined || text.slice(place.lineStart(text, dash), dash).trim() !== '') throw new GivesUp();
  const end = place.endWithComments(text, place.endOf(list.items[index], text), place.columnOf(text, dash));
  // What stands above the first may be about all of them.
  const from = index === 0 ? place.lineStart(text, dash) : place.startWithComments(text, dash);
  return { from, to: end };
}

function removeItem(text: string, list: YAMLSeq, index: number): Edit {
  if (list.items.length < 2) throw new GivesUp();
  if (place.isBlock(list)) {
    const { from, to } = linesOf(text, list, index);
    if (index === 0) return { from, to: place.lineStart(text, linesOf(text, list, 1).from), text: '' };
    // The line break before it goes with it; the blank lines behind it stay.
    return { from: from - 1, to, text: '' };
  }
  const [here, before] = [list.items[index], list.items[index - 1]];
  if (index === 0) return { from: place.startOf(here), to: place.startOf(list.items[1]), text: '' };
  return { from: place.endOf(before, text), to: place.endOf(here, text), text: '' };
}

function removePair(text: string, map: YAMLMap, key: string | number): Edit {
  const pair = place.pairOf(map, key);
  const index = pair === undefined ? -1 : map.items.indexOf(pair);
  if (pair === undefined || map.items.length < 2) throw new GivesUp();
  const next = map.items[index + 1];
  const start = place.startOf(pair.key);
  if (index === 0) return { from: start, to: place.startOf(next!.key), text: '' };
  const before = map.items[index - 1]!;
  if (!place.isBlock(map)) return { from: place.endOfPair(before, text), to: place.endOfPair(pair, text), text: '' };
  const end = place.endWithComments(text, place.endOfPair(pair, text), place.columnOf(text, start));
  return { from: place.lineStart(text, start) - 1, to: end, text: '' };
}

function moveItem(text: string, list: YAMLSeq, from: number, to: number): readonly Edit[] {
  if (!place.isBlock(list)) throw new GivesUp();
  const lines = linesOf(text, list, from);
  const moved = text.slice(lines.from, lines.to);
  const target = linesOf(text, list, to);
  const taken: Edit =
    lines.from === 0 ? { ...lines, to: lines.to + 1, text: '' } : { from: lines.from - 1, to: lines.to, text: '' };
  return to > from
    ? [taken, { from: target.to, to: target.to, text: `\n${moved}` }]
    : [taken, { from: target.from, to: target.from, text: `${moved}\n` }];
}
