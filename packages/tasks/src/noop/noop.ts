/** Does nothing and ends as it is told to: joins branches, tries out graphs. */
import * as z from 'zod/mini';
import { readConfig } from '../read-config.ts';
import { failure, type InAgentTaskType, SUCCESS } from '../task-type.ts';

const schema = z.object({ result: z._default(z.enum(['success', 'failure']), 'success') });

export const noop: InAgentTaskType = {
  name: 'noop',
  usesProcess: false,
  async run(context) {
    const { result } = readConfig(schema, context.config);
    context.started(null);
    return result === 'success' ? SUCCESS : failure('the task is set to fail (result: failure)');
  },
};
