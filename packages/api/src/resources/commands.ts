/** /operations: how what was asked of the leader ended. */
import { AppError } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { OperationView } from '../views/action.ts';

export function commandEndpoints({ store }: ApiDeps): readonly Endpoint[] {
  return [
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
