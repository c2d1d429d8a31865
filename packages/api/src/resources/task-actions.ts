/** POST /task-instances/{id}/{action}: asks something of one attempt of a task. */
import { AppError } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { createDeletedWorkflowCheck } from '../runs/deleted-workflow.ts';
import { fileCommands, wasFiled } from '../runs/file-command.ts';
import { runSubject } from '../runs/run-actions.ts';
import { ALL_TASK_ACTIONS, whyTaskActionRefused } from '../runs/task-actions.ts';
import { ActionAnswer, TaskActionRequest } from '../views/action.ts';
import { requireInstance, requireTask } from './lookup.ts';

export function taskActionEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store } = deps;
  return ALL_TASK_ACTIONS.map((action) =>
    endpoint({
      method: 'post',
      path: `/api/v1/task-instances/{id}/${action.name}`,
      tag: 'Tasks',
      access: 'operate',
      summary: action.summary,
      body: TaskActionRequest,
      errors: ['conflict', 'gone'],
      status: 202,
      answer: ActionAnswer,
      async handle({ params, body, caller, ids }) {
        const task = await requireTask(store, params.id);
        const instance = await requireInstance(store, task.workflowInstanceId);
        const id = ids.next<'command'>();
        const refusal = whyTaskActionRefused(task, instance, action);
        if (refusal !== undefined && !(await wasFiled(deps, id))) {
          throw new AppError(
            'conflict',
            `A task in the state “${task.state}” cannot do “${action.name}”: ${refusal.replace(/\.$/, '')}.`,
          );
        }
        const gone = await createDeletedWorkflowCheck(store)(instance, action.kind);
        if (gone !== undefined && !(await wasFiled(deps, id))) throw new AppError('gone', gone);
        const comment = body.comment === undefined ? {} : { comment: body.comment };
        const payload = { taskInstanceId: task.id, ...comment };
        await fileCommands(deps, [{ id, kind: action.kind, instance, payload, by: caller.name }]);
        await audit(caller, {
          action: `task_instance.${action.name}`,
          subject: `${runSubject(instance)} ${task.name}`,
          data: { id: task.id, operationId: id, stateBefore: task.state, runStateBefore: instance.state, ...comment },
        });
        return { id: task.id, action: action.name, operationId: id, state: task.state };
      },
    }),
  );
}
