/** Bodies of /search: what is found by a name or an id. */
import * as z from 'zod';
import { TaskStateName, WorkflowStateName } from './instance.ts';

export const MAX_SEARCH_EACH = 50;

export const SearchQuery = z.object({
  q: z.string().trim().min(1).max(250).meta({
    description:
      'How a name begins, whatever the size of its letters; the id of a run or of a task; or a run as `name#12`',
  }),
  limit: z.coerce.number().int().min(1).max(MAX_SEARCH_EACH).default(10).meta({ description: 'Of each kind at most' }),
});
export interface SearchQuery {
  readonly q: string;
  readonly limit?: number | undefined;
}

export const SearchHit = z
  .object({
    kind: z.enum(['project', 'workflow', 'schedule', 'trigger', 'task_group', 'worker_group', 'worker', 'run', 'task']),
    id: z.string(),
    name: z.string().meta({ description: 'Of a run that of its workflow, of a task its own' }),
    projectName: z.string().nullable().meta({ description: 'Null: it belongs to no project' }),
    workflowName: z.string().nullable().meta({ description: 'Of schedules, triggers, runs and tasks' }),
    runId: z.string().nullable().meta({ description: 'Of runs and tasks' }),
    number: z.number().int().nullable().meta({ description: 'Of the run' }),
    state: z.union([WorkflowStateName, TaskStateName]).nullable().meta({ description: 'Of runs and tasks' }),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof SearchHit>;

export const SearchView = z
  .object({ items: z.array(SearchHit).meta({ description: 'By kind, and within a kind by name' }) })
  .meta({ id: 'SearchResult' });
export type SearchView = z.infer<typeof SearchView>;
