/** The parameters every task gets without asking, under their `system.` names. */
import { evaluateTimeExpression, type TimeContext } from './time-expression.ts';

export interface BuiltInFacts extends TimeContext {
  readonly projectName: string;
  readonly projectId: string;
  readonly workflowName: string;
  readonly workflowId: string;
  readonly workflowInstanceId: string;
  readonly taskName: string;
  readonly taskInstanceId: string;
}

/**
 * `system.biz.date` is the day before the business day, `system.biz.curdate` the day itself. A task is known by its
 * name within its workflow, so that is its code too. The folder a task runs in is the worker's to add.
 */
export function builtInParams(facts: BuiltInFacts): Readonly<Record<string, string>> {
  return {
    'system.biz.date': timeText('yyyyMMdd-1', facts),
    'system.biz.curdate': timeText('yyyyMMdd', facts),
    'system.datetime': timeText('yyyyMMddHHmmss', facts),
    'system.task.instance.id': facts.taskInstanceId,
    'system.task.definition.name': facts.taskName,
    'system.task.definition.code': facts.taskName,
    'system.workflow.instance.id': facts.workflowInstanceId,
    'system.workflow.definition.name': facts.workflowName,
    'system.workflow.definition.code': facts.workflowId,
    'system.project.name': facts.projectName,
    'system.project.code': facts.projectId,
  };
}

/** The name under which a worker adds the folder the task runs in. */
export const EXECUTE_PATH_PARAM = 'system.task.execute.path';

function timeText(expression: string, time: TimeContext): string {
  const result = evaluateTimeExpression(expression, time);
  if (result.kind !== 'value') throw new RangeError(`the business time ${time.businessTime} cannot be written`);
  return result.value;
}
