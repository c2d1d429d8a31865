/** Reads the text of a definition, YAML or JSON, into plain values. What the values mean is judged elsewhere. */
import { type Document, parseDocument, type YAMLError } from 'yaml';
import { AppError, type Problem } from '../errors/app-error.ts';

/** Ten thousand tasks with a hundred thousand dependencies take about a third of it. */
export const MAX_DEFINITION_BYTES = 8_388_608;

const ADVICE = 'Correct the text there and send it again.';

/** How YAML is read here, whatever it holds. */
export const YAML_OPTIONS = { prettyErrors: true, uniqueKeys: true, stringKeys: true } as const;

/** @throws AppError `bad_yaml` with line and column, `too_large` */
export function parseWorkflowText(text: string): unknown {
  if (isTooLong(text)) {
    throw new AppError('too_large', `A definition is at most ${MAX_DEFINITION_BYTES} bytes. Split the workflow.`);
  }
  if (text.trim() === '') throw bad('The text is empty. Send a workflow definition in YAML or JSON.');
  return /^\s*[[{]/.test(text) ? parseJson(text) : parseYaml(text);
}

/** JSON is YAML too: what is not JSON may still be YAML in brackets, and YAML errors have a place. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseYaml(text);
  }
}

export function isTooLong(text: string): boolean {
  return text.length > MAX_DEFINITION_BYTES || new TextEncoder().encode(text).length > MAX_DEFINITION_BYTES;
}

function parseYaml(text: string): unknown {
  return readYaml(() => parseDocument(text, YAML_OPTIONS));
}

/** @throws AppError `bad_yaml` with line and column */
export function readYaml(parse: () => Pick<Document, 'errors' | 'warnings' | 'toJS'>): unknown {
  try {
    const document = parse();
    // A warning is something the text says and we would ignore, such as an unknown tag.
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0)
      throw bad(`The text is not valid YAML: ${place(faults[0]!)}: ${say(faults[0]!)}. ${ADVICE}`, faults);
    // The bound on aliases keeps a few lines from growing to gigabytes.
    return document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    if (thrown instanceof RangeError) throw bad('The text is nested too deeply to be read.');
    if (thrown instanceof ReferenceError)
      throw bad(`The text is not valid YAML: ${thrown.message}. Write the values out instead of using aliases.`);
    throw thrown;
  }
}

function bad(message: string, faults: readonly YAMLError[] = []): AppError {
  const problems: Problem[] = faults.map((fault) => ({ path: place(fault), message: say(fault) }));
  return new AppError('bad_yaml', message, { problems });
}

function place(fault: YAMLError): string {
  const at = fault.linePos?.[0];
  return at === undefined ? '' : `line ${at.line}, column ${at.col}`;
}

/** The library's message without its place and its picture of the line, which the problem has already. */
function say(fault: YAMLError): string {
  return fault.message.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, '');
}
