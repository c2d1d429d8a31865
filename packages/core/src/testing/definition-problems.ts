/** The problems of a definition that is refused, as lines; none when it is taken. */
import { parseWorkflowDocument } from '../definition/compile.ts';
import { parseWorkflowText } from '../definition/parse-text.ts';
import { AppError } from '../errors/app-error.ts';

/** @param text YAML */
export function definitionProblems(text: string): readonly string[] {
  try {
    parseWorkflowDocument(parseWorkflowText(text));
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'bad_definition')
      return thrown.problems.map(({ path, message }) => `${path}: ${message}`);
    throw thrown;
  }
  return [];
}
