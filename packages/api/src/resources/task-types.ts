/** The task types as views, with the JSON Schema of their settings. */
import { TASK_TYPES, type TaskType, taskTypeJsonSchema } from '@vaquita/core';
import type { TaskTypeView } from '../views/operation.ts';

export function listTaskTypes(): TaskTypeView[] {
  return Object.entries<TaskType>(TASK_TYPES).map(([type, definition]) => ({
    type,
    description: definition.description,
    settings: { ...taskTypeJsonSchema(definition) },
  }));
}
