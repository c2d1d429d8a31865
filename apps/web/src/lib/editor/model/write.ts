/**
 * A change of a document written into its text. What is written is read again and compared with what the change means:
 * no text is handed back that says anything else. Where the text cannot be changed in place, such as around anchors and
 * merge keys, the whole is written anew from its nodes, which keeps comments and order but not every blank.
 */
import { type Document, isCollection, parseDocument } from 'yaml';
import { type Reading, readYaml } from '../read-yaml.ts';
import { applyToValue, type Change, isSame, type Path, valueAt } from './change.ts';
import { writeChanges } from './surgery.ts';

/** Undefined: it cannot be done without changing what it should not; the text has to be edited by hand. */
export function changeText(reading: Reading, changes: readonly Change[]): Reading | undefined {
  if (reading.document === null) return undefined;
  const wanted = applyToValue(reading.value, changes);
  const isRight = (next: Reading) => next.document !== null && isSame(next.value, wanted);
  const written = writeChanges(reading.text, reading.document, changes);
  if (written !== undefined) {
    const next = readYaml(written);
    if (isRight(next)) return next;
  }
  const anew = rewrite(reading.text, changes, wanted);
  const next = anew === undefined ? undefined : readYaml(anew);
  return next !== undefined && isRight(next) ? next : undefined;
}

/** The smallest node that a path leads to is made anew of its value; the rest is written as it was read. */
function rewrite(text: string, changes: readonly Change[], wanted: unknown): string | undefined {
  try {
    const document = parseDocument(text);
    for (const change of changes) {
      const target = reachable(document, targetOf(change));
      const value = valueAt(wanted, target);
      if (value === undefined) document.deleteIn(target);
      else document.setIn(target, document.createNode(value));
    }
    return document.toString({ lineWidth: 0 });
  } catch {
    return undefined;
  }
}

/** An index behind one that was added or removed means another item by now: the list is made anew as a whole. */
function targetOf({ kind, path }: Change): Path {
  if (kind === 'set') return path;
  const list = path.findIndex((part) => typeof part === 'number');
  return list === -1 ? path : path.slice(0, list);
}

/** As far as the path leads without following an alias: what is behind one is also elsewhere. */
function reachable(document: Document, path: Path): Path {
  let far = path.length;
  for (let at = 1; at < far; at++) if (!isCollection(document.getIn(path.slice(0, at), true))) far = at;
  return path.slice(0, far);
}
