/** Documents as text, always with the same order of keys: what is compared, hashed and exported. */
import { Document, type Scalar, visit } from 'yaml';
import type { WorkflowDocument } from './definition.ts';
import { isRecord } from './json-tree.ts';

/** The order people read in. Keys that are not here come after these, in order of the alphabet; the script's tasks come last. */
const KEY_ORDER: readonly string[] = [
  'name',
  'type',
  'value',
  'description',
  'timezone',
  'params',
  'execution',
  'failureStrategy',
  'dependsOn',
  'enabled',
  'language',
  'database',
  'method',
  'url',
  'headers',
  'body',
  'script',
  'outputs',
  'expectStatus',
  'extract',
  'times',
  'interval',
  'backoff',
  'maxInterval',
  'after',
  'strategy',
  'retry',
  'timeout',
  'delay',
  'workerGroup',
  'environment',
  'priority',
];
const RANK = new Map(KEY_ORDER.map((key, index) => [key, index]));

function rankOf(key: string): number {
  // Whatever a later version adds stands before the long list of tasks.
  return key === 'tasks' ? KEY_ORDER.length + 1 : (RANK.get(key) ?? KEY_ORDER.length);
}

function compareKeys(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** The same value with the keys of every map in the one order. For bounded trees only. */
export function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return Object.fromEntries(keys.sort(compareKeys).map((key) => [key, inKeyOrder(value[key])]));
}

/** JSON in one line; equal for documents that say the same. */
export function canonicalJson(document: WorkflowDocument): string {
  return JSON.stringify(inKeyOrder(document));
}

/**
 * Text over several lines that the block style does not keep to the byte: it begins with blanks, has a line of nothing
 * but blanks, or holds other line ends than `\n`. It is written in quotes.
 */
function needsQuotes(text: string): boolean {
  return /^\s/.test(text) || /^[ \t]+$/m.test(text) || OTHER_CHARACTERS.test(text);
}

/** Control characters, other line ends and byte order marks. */
const OTHER_CHARACTERS = /[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\uffff]/;

/** YAML as people write it. Reading it back and writing it again gives the same bytes. */
export function formatWorkflowYaml(document: WorkflowDocument): string {
  const yaml = new Document(inKeyOrder(document), { aliasDuplicateObjects: false });
  visit(yaml, {
    Scalar(_, node: Scalar) {
      const text = node.value;
      if (typeof text === 'string' && text.includes('\n') && needsQuotes(text)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return yaml.toString({ lineWidth: 0 });
}
