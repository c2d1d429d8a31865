/** /workflow-instances/{id}/at: a run as it was at a past moment, from its event record; and /neighbours: the runs around it. */
import { AppError, compileWorkflow, type Moment } from '@vaquita/core';
import type { RunOutline } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toNodesAt } from '../runs/history-graph.ts';
import { readRunAt } from '../runs/history-reader.ts';
import { toRunAtView } from '../runs/history-view.ts';
import { MomentQuery, NeighboursView, RunAtView } from '../views/history.ts';
import { requireInstance } from './lookup.ts';
import { isoTime } from './paging.ts';

export function historyEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/workflow-instances/{id}/neighbours',
      tag: 'Runs',
      access: 'view',
      summary: 'The runs of the same workflow before and after a run',
      status: 200,
      answer: NeighboursView,
      async handle({ params }) {
        const { id, workflowId } = await requireInstance(store, params.id);
        const { previous, next } = await store.workflowHistory.neighbours(workflowId, id);
        return { previous: toNeighbour(previous), next: toNeighbour(next) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/workflow-instances/{id}/at',
      tag: 'Runs',
      access: 'view',
      summary: 'A run as it was at a past moment',
      description:
        'Give `seq` or `time`; without either it is the run as it is now. A number or time after the end of the ' +
        'record gives its end. Moving from event to event: the numbers are those of `/events`.',
      query: MomentQuery,
      errors: ['gone'],
      status: 200,
      answer: RunAtView,
      async handle({ params, query }) {
        const instance = await requireInstance(store, params.id);
        const found = await readRunAt(store.events, instance.id, momentOf(query));
        if ('first' in found) {
          const { first } = found;
          const begin = first ? ` Its record begins with event ${first.seq} at ${isoTime(first.at)}.` : '';
          throw new AppError('not_found', `Nothing is recorded of this run at that moment.${begin}`);
        }
        const { snapshot } = found;
        if (!snapshot.instance)
          throw new AppError('gone', 'The record of this run does not hold the run itself any more.');
        const version = await store.workflows.version(instance.workflowId, instance.version);
        const nodes = version ? toNodesAt(compileWorkflow(version.document), instance, snapshot) : null;
        return toRunAtView(instance.id, found, snapshot.instance, nodes);
      },
    }),
  ];
}

function toNeighbour(run: RunOutline | undefined): NeighboursView['next'] {
  return run === undefined ? null : { id: run.id, number: run.number, state: run.state };
}

function momentOf({ seq, time }: MomentQuery): Moment {
  if (seq !== undefined && time !== undefined) {
    throw new AppError('bad_request', 'The query parameters are not valid.', {
      problems: [{ path: 'time', message: 'Give either seq or time, not both' }],
    });
  }
  if (seq !== undefined) return { seq };
  return time === undefined ? 'now' : { time: Date.parse(time) };
}
