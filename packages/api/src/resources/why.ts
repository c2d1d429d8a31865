/** …/why: what holds up a run or a task, since when, and what will happen next. */
import * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { whyInstance, whyTask, whyTaskNamed } from '../runs/why.ts';
import { gatherFacts } from '../runs/why-facts.ts';
import { WhyView } from '../views/reason.ts';
import { requireInstance, requireTask } from './lookup.ts';

const WhyQuery = z.object({
  task: z.string().min(1).max(200).optional().meta({
    description: 'A task of the run by its name, also one that has no task instance: skipped, blocked or not begun',
  }),
});

export function whyEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/workflow-instances/{id}/why',
      tag: 'Runs',
      access: 'view',
      summary: 'Why a run, or one of its tasks, waits, or ended as it did',
      description: 'The first reason is the answer; those after it say what else is known of it.',
      query: WhyQuery,
      errors: ['gone'],
      status: 200,
      answer: WhyView,
      async handle({ params, query }) {
        const facts = await gatherFacts(deps, await requireInstance(store, params.id));
        return query.task === undefined ? whyInstance(facts) : whyTaskNamed(facts, query.task);
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/task-instances/{id}/why',
      tag: 'Tasks',
      access: 'view',
      summary: 'Why a task waits, or ended as it did',
      status: 200,
      answer: WhyView,
      async handle({ params }) {
        const task = await requireTask(store, params.id);
        return whyTask(await gatherFacts(deps, await requireInstance(store, task.workflowInstanceId)), task);
      },
    }),
  ];
}
