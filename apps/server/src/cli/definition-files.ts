/** Finds and reads definition files. Every file is checked before any of them is sent anywhere. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { AppError, type Problem, parseWorkflowDocument, parseWorkflowText, toAppError } from '@vaquita/core';

export interface DefinitionFile {
  /** As a person would name it: relative when it is below the folder where the command runs. */
  readonly path: string;
  readonly text: string;
  readonly name: string;
}

const DEFINITION = /\.(ya?ml|json)$/i;

/** @throws AppError `bad_definition` naming every wrong place of every file; `bad_request` when there is no file. */
export function readDefinitionFiles(given: readonly string[], cwd: string): readonly DefinitionFile[] {
  const paths = definitionPaths(given, cwd);
  const problems: Problem[] = [];
  const files: DefinitionFile[] = [];
  const firstWithName = new Map<string, string>();
  for (const path of paths) {
    const fromHere = relative(cwd, path);
    const shown = fromHere.startsWith('..') ? path : fromHere;
    try {
      const text = readFileSync(path, 'utf8');
      const { name } = parseWorkflowDocument(parseWorkflowText(text));
      const first = firstWithName.get(name);
      if (first !== undefined) problems.push({ path: shown, message: `${first} defines "${name}" too.` });
      firstWithName.set(name, shown);
      files.push({ path: shown, text, name });
    } catch (thrown) {
      const error = toAppError(thrown);
      const found = error.problems.length > 0 ? error.problems : [{ path: '', message: error.message }];
      problems.push(
        ...found.map((one) => ({ path: one.path ? `${shown}: ${one.path}` : shown, message: one.message })),
      );
    }
  }
  if (problems.length > 0) throw new AppError('bad_definition', 'Nothing was applied.', { problems });
  return files;
}

/** @throws AppError `bad_request` when there is no file. */
export function definitionPaths(given: readonly string[], cwd: string): readonly string[] {
  const paths = given.flatMap((one) => expand(resolve(cwd, one)));
  if (paths.length > 0) return paths;
  throw new AppError('bad_request', `No .yaml, .yml or .json file in ${given.join(', ')}.`);
}

/** A folder stands for the definition files in it, in order of their names. */
function expand(path: string): readonly string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (cause) {
    throw new AppError('bad_request', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (!isFolder) return [path];
  return readdirSync(path)
    .filter((name) => DEFINITION.test(name))
    .sort()
    .map((name) => join(path, name));
}
