/** Parameters of a project: held to the same rules as those of a workflow, and each with a value. */
import { AppError, compileWorkflow, type ParamDefinition, type Problem, parseWorkflowDocument } from '@vaquita/core';

/** @throws AppError `bad_request` with every wrong place. */
export function readProjectParams(given: readonly unknown[]): readonly ParamDefinition[] {
  const params = readAsWorkflow(given);
  const problems: Problem[] = params.flatMap(({ name, value }, index) =>
    value === undefined
      ? [{ path: `params[${index}].value`, message: `"${name}" has no value; a project has nobody to ask for one.` }]
      : [],
  );
  if (problems.length > 0) throw refuse(problems);
  return params;
}

/** A workflow that has nothing but these parameters: what the definition parser says of it holds here too. */
function readAsWorkflow(params: readonly unknown[]): readonly ParamDefinition[] {
  const document = { name: 'project', params, tasks: [{ name: 'none', type: 'noop' }] };
  try {
    return compileWorkflow(parseWorkflowDocument(document)).params;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'bad_definition') throw refuse(thrown.problems);
    throw thrown;
  }
}

function refuse(problems: readonly Problem[]): AppError {
  return new AppError('bad_request', 'The parameters of the project are not valid.', { problems });
}
