/** Where the parts of a YAML text begin and end, in characters from its start. Pure. */
import {
  type CST,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

export function isBlock(node: YAMLMap | YAMLSeq): boolean {
  return node.srcToken?.type === 'block-map' || node.srcToken?.type === 'block-seq';
}

export function startOf(node: unknown): number {
  return isNode(node) && node.range ? node.range[0] : -1;
}

/** Behind the last character that says something: comments and blank lines behind it are not part of it. */
export function endOf(node: unknown, text: string): number {
  if (isCollection(node) && isBlock(node as YAMLMap | YAMLSeq)) {
    const last = node.items.at(-1);
    if (last === undefined) return startOf(node);
    return isNode(last) ? endOf(last, text) : endOfPair(last as Pair, text);
  }
  const end = isNode(node) && node.range ? node.range[1] : -1;
  if (!isScalar(node) || node.srcToken?.type !== 'block-scalar') return end;
  const header = node.srcToken.props.find((token) => token.type === 'block-scalar-header') as
    | CST.SourceToken
    | undefined;
  const raw = text.slice(startOf(node), end);
  // The blank lines behind a text are its own where it says so with a plus.
  return startOf(node) + (header?.source.includes('+') ? raw.replace(/\r?\n$/, '') : raw.trimEnd()).length;
}

export function endOfPair(pair: Pair, text: string): number {
  const { key, value } = pair as Pair<Node, Node | null>;
  const end = endOf(value, text);
  if (end > endOf(key, text)) return end;
  // Nothing stands behind the colon.
  return text.indexOf(':', endOf(key, text)) + 1;
}

/** Behind the comments, too, that belong to what ends at `end`: those on its last line, and those below that stand deeper than `column`. */
export function endWithComments(text: string, end: number, column: number): number {
  let done = lineEnd(text, end);
  for (let at = done; at < text.length; ) {
    const next = lineEnd(text, at + 1);
    const line = text.slice(at + 1, next);
    const comment = /^(\s*)#/.exec(line);
    if (comment !== null && comment[1]!.length > column) done = next;
    else if (line.trim() !== '') break;
    at = next;
  }
  return done;
}

/** The start of the comments directly above the line of `at` that stand as far in as it does. */
export function startWithComments(text: string, at: number): number {
  let start = lineStart(text, at);
  const indent = text.slice(start, at);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!text.slice(above, start).startsWith(`${indent}#`)) break;
    start = above;
  }
  return start;
}

export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

export const columnOf = (text: string, at: number): number => at - lineStart(text, at);

/** Where the dash of each item of a block list stands. */
export function dashesOf(list: YAMLSeq): readonly number[] {
  const token = list.srcToken as CST.BlockSequence | undefined;
  return (token?.items ?? []).flatMap(({ start }) => start.find(({ type }) => type === 'seq-item-ind')?.offset ?? []);
}

export function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key)) as Pair | undefined;
}

/** The node at a path, followed through no alias. */
export function nodeAt(root: unknown, path: readonly (string | number)[]): unknown {
  let node = root;
  for (const part of path) {
    if (isAlias(node)) return undefined;
    if (isMap(node)) node = pairOf(node as YAMLMap, part)?.value;
    else if (isCollection(node)) node = node.items[Number(part)];
    else return undefined;
  }
  return node;
}
