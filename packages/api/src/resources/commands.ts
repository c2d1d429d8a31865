/** /operations: how what was asked of the leader ended. */
import { AppError } from '@vaquita/core';
import * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { MAX_OPERATIONS, OperationList, OperationView } from '../views/action.ts';

const OperationQuery = z.object({
  id: z
    .array(z.string().min(1).max(200))
    .min(1, 'Name at least one operation')
    .max(MAX_OPERATIONS)
    .meta({ description: `At most ${MAX_OPERATIONS}; repeated or separated by commas` }),
});

export function commandEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/operations',
      tag: 'Runs',
      access: 'view',
      summary: 'How several actions ended',
      query: OperationQuery,
      status: 200,
      answer: OperationList,
      async handle({ query }) {
        const ids = [...new Set(query.id)];
        const found = await Promise.all(ids.map((id) => store.commands.outcome(id)));
        return { items: ids.flatMap((id, i) => (found[i] ? { id, ...toOperation(found[i]) } : [])) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/operations/{id}',
      tag: 'Runs',
      access: 'view',
      summary: 'How an action ended',
      description:
        'An action is accepted when the state allows it; the leader carries it out a moment later. When the state has ' +
        'changed by then, nothing is done and the operation ends as `rejected`, with the reason.',
      status: 200,
      answer: OperationView,
      async handle({ params }) {
        const found = await store.commands.outcome(params.id);
        if (!found) throw new AppError('not_found', `There is no operation with the id “${params.id}”.`);
        return { id: params.id, ...toOperation(found) };
      },
    }),
  ];
}

const REJECTED = 'rejected: ';

function toOperation({ done, outcome }: { readonly done: boolean; readonly outcome: string | null }) {
  if (!done) return { state: 'pending', outcome: null } as const;
  if (outcome?.startsWith(REJECTED)) return { state: 'rejected', outcome: outcome.slice(REJECTED.length) } as const;
  return { state: 'done', outcome } as const;
}
