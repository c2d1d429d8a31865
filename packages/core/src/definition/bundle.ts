/**
 * Bundles: the definitions of many workflows in one text. In YAML each is a document of its own, between lines of `---`; in JSON they
 * are a list, or stand under `workflows`. What a definition means is judged elsewhere.
 */
import { parseAllDocuments } from 'yaml';
import { AppError, type Problem } from '../errors/app-error.ts';
import type { WorkflowDocument } from './definition.ts';
import { formatWorkflowYaml, inKeyOrder } from './format.ts';
import { isRecord } from './json-tree.ts';
import { isTooLong, MAX_DEFINITION_BYTES, readYaml, YAML_OPTIONS } from './parse-text.ts';

export const MAX_BUNDLE_WORKFLOWS = 500;
export const MAX_BUNDLE_BYTES = MAX_DEFINITION_BYTES;

export interface BundleItem {
  /** Where it stands, such as `document 2`, or `workflows[3]` of what is no stream of documents; empty: it is all there is. */
  readonly place: string;
  /** Absent: it could not be read. */
  readonly definition?: unknown;
  readonly problems: readonly Problem[];
}

/**
 * What can be read is read, whatever stands beside it.
 *
 * @throws AppError `too_large`, naming the bound; `bad_request` where there is nothing in it
 */
export function parseBundle(text: string): readonly BundleItem[] {
  if (isTooLong(text)) {
    throw new AppError('too_large', `A bundle is at most ${MAX_BUNDLE_BYTES} bytes. Import it in parts.`);
  }
  const documents = readDocuments(text);
  const items = documents.flatMap((document, index) => spread(document, documents.length > 1 ? index + 1 : null));
  if (items.length === 0) {
    throw new AppError('bad_request', 'There is no workflow in it. Give definitions in YAML or JSON.');
  }
  if (items.length > MAX_BUNDLE_WORKFLOWS) {
    const message = `A bundle holds at most ${MAX_BUNDLE_WORKFLOWS} workflows, and this one ${items.length}. Import it in parts.`;
    throw new AppError('too_large', message);
  }
  return items;
}

/** Reading it back and writing it again gives the same bytes. */
export function formatBundleYaml(documents: readonly WorkflowDocument[]): string {
  return documents.map(formatWorkflowYaml).join('---\n');
}

export function formatBundleJson(documents: readonly WorkflowDocument[]): string {
  return `${JSON.stringify({ workflows: documents.map(inKeyOrder) }, null, 2)}\n`;
}

type Read = Pick<BundleItem, 'definition' | 'problems'>;

function readDocuments(text: string): readonly Read[] {
  if (/^\s*[[{]/.test(text)) {
    try {
      return [{ definition: JSON.parse(text), problems: [] }];
    } catch {
      // YAML in brackets, or something whose faults YAML can place.
    }
  }
  let parsed: ReturnType<typeof parseAllDocuments>;
  try {
    parsed = parseAllDocuments(text, YAML_OPTIONS);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new AppError('bad_yaml', 'The text is nested too deeply to be read.');
  }
  const documents = Array.isArray(parsed) ? parsed : [];
  const read = documents.map((document): Read => {
    try {
      return { definition: readYaml(() => document), problems: [] };
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      return { problems: thrown.problems.length > 0 ? thrown.problems : [{ path: '', message: thrown.message }] };
    }
  });
  // Nothing but comments between two lines of `---`.
  return read.filter(({ definition }) => definition !== null);
}

/** One document may hold many workflows. */
function spread({ definition, problems }: Read, number: number | null): readonly BundleItem[] {
  const document = number === null ? '' : `document ${number}`;
  const list = Array.isArray(definition)
    ? definition
    : isRecord(definition) && definition.tasks === undefined && Array.isArray(definition.workflows)
      ? definition.workflows
      : undefined;
  if (list === undefined) return [{ place: document, ...(problems.length > 0 ? {} : { definition }), problems }];
  const of = Array.isArray(definition) ? '' : 'workflows';
  return (list as readonly unknown[]).map((entry, index) => ({
    place: [document, `${of}[${index}]`].filter((part) => part !== '').join(', '),
    definition: entry,
    problems: [],
  }));
}
