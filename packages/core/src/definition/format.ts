/** Documents as text, always with the same order of keys: what is compared, hashed and exported. */
import { Document, type Scalar, visit } from 'yaml';
import type { WorkflowDocument } from './definition.ts';
import { isRecord } from './json-tree.ts';

/** The settings of logic tasks, from outside in. */
const LOGIC_KEYS: readonly string[] = [
  'workflow',
  'project',
  'version',
  'task',
  'is',
  'cycle',
  'range',
  'passOutputs',
  'lists',
  'values',
  'separator',
  'exclude',
  'maxItems',
  'parallelism',
  'message',
  'for',
  'until',
  'signal',
  'cases',
  'when',
  'then',
  'else',
  'otherwise',
  'on',
  'all',
  'any',
  'onFailure',
  'failureWait',
];

/** `alerts` and what stands in it; `on` stands before these. */
const ALERT_KEYS: readonly string[] = ['alerts', 'group', 'queueWait', 'deadline'];

/** The order people read in. Keys that are not here come after these, in order of the alphabet; the script's tasks come last. */
const KEY_ORDER: readonly string[] = [
  'name',
  'type',
  'value',
  'description',
  'timezone',
  'params',
  'execution',
  'maxParallelRuns',
  'strictParams',
  'failureStrategy',
  'dependsOn',
  'enabled',
  ...LOGIC_KEYS,
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
  'from',
  'retry',
  'timeout',
  'delay',
  'workerGroup',
  'workerLabels',
  'environment',
  'priority',
  'taskGroup',
  ...ALERT_KEYS,
];

/** Keys that are younger than documents with free maps. */
const LATER_KEYS: ReadonlySet<string> = new Set([
  'maxParallelRuns',
  'strictParams',
  ...LOGIC_KEYS,
  ...ALERT_KEYS,
  'from',
  'taskGroup',
  'workerLabels',
]);
const RANK = new Map(KEY_ORDER.map((key, index) => [key, index]));

/** Maps whose keys are names that people choose. They stay in the order in which they have always been stored. */
const FREE_MAPS: ReadonlySet<string> = new Set(['headers', 'extract', 'workerLabels']);
const FREE_MAP_RANK = new Map([...RANK].filter(([key]) => !LATER_KEYS.has(key)));

function compareKeys(a: string, b: string, rank: ReadonlyMap<string, number>): number {
  return rankOf(a, rank) - rankOf(b, rank) || (a < b ? -1 : a > b ? 1 : 0);
}

function rankOf(key: string, rank: ReadonlyMap<string, number>): number {
  // Whatever a later version adds stands before the long list of tasks.
  return key === 'tasks' ? KEY_ORDER.length + 1 : (rank.get(key) ?? KEY_ORDER.length);
}

/** The same value with the keys of every map in the one order. For bounded trees only. */
export function inKeyOrder(value: unknown): unknown {
  return ordered(value, RANK);
}

function ordered(value: unknown, rank: ReadonlyMap<string, number>): unknown {
  if (Array.isArray(value)) return value.map((entry) => ordered(entry, rank));
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  keys.sort((a, b) => compareKeys(a, b, rank));
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key], FREE_MAPS.has(key) ? FREE_MAP_RANK : RANK)]));
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
