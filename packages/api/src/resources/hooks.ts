/** /hooks: where the outside world starts workflows. The signature of a delivery is all that lets it in. */
import { AppError, deliveryKey, toAppError } from '@vaquita/core';
import { peerOf } from '../auth/peer.ts';
import type { ApiDeps } from '../deps.ts';
import { readBody } from '../http/body.ts';
import { type Endpoint, rawEndpoint } from '../http/endpoint.ts';
import { HttpError } from '../http/http-error.ts';
import { checkSignature, fileDelivery, isWebhook } from '../triggers/delivery.ts';
import { createHookFailures } from '../triggers/hook-failures.ts';
import { HookAnswer } from '../views/trigger.ts';

export function hookEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, clock } = deps;
  const failures = createHookFailures(clock);
  const total = deps.metrics.counter(
    'vaquita_hook_deliveries_total',
    'Deliveries to webhooks, by what became of them.',
  );

  async function deliver(raw: Request, trigger: string, address: string): Promise<HookAnswer> {
    const hook = await store.triggers.find(trigger);
    if (hook === undefined || !isWebhook(hook)) {
      failures.add(trigger, address);
      throw new AppError('not_found', 'There is no such webhook.');
    }
    const body = await readBody(raw, deps.settings.bodyLimitBytes);
    const delivery = { headers: raw.headers, body, address };
    const signature = await checkSignature(deps, hook, delivery).catch((error: unknown) => {
      if (toAppError(error).code === 'unauthenticated') failures.add(trigger, address);
      throw error;
    });
    const key = await deliveryKey(signature.timestamp, body);
    const run = await fileDelivery(deps, hook, { delivery, signature, key });
    if (run === null) return { workflowInstanceId: null, state: null };
    deps.nudge(run.command);
    deps.changes.announce();
    return { workflowInstanceId: run.instance.id, state: run.instance.state };
  }

  return [
    rawEndpoint({
      method: 'post',
      path: '/api/v1/hooks/{trigger}',
      tag: 'Triggers',
      access: 'open',
      summary: 'Deliver to a webhook',
      description:
        'The header `x-vaquita-signature` is `t=<unix seconds>,v1=<hex>`: the HMAC-SHA256 of t, a dot and the body, with the secret of ' +
        'the webhook. The same delivery again starts nothing and is answered with `replayed`. Any server takes it, whoever leads.',
      streamedBody: true,
      errors: ['unauthenticated', 'conflict', 'replayed', 'too_large', 'too_many_requests', 'unavailable'],
      status: 200,
      otherStatuses: { 202: 'A run is recorded' },
      contentType: 'application/json',
      answer: HookAnswer,
      async respond({ params, raw, address: direct }) {
        const address = peerOf(raw, direct, deps.settings.trustProxy);
        const waitMs = failures.waitMs(params.trigger, address);
        if (waitMs > 0) {
          total.add({ outcome: 'too_many_requests' });
          const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
          throw new HttpError('too_many_requests', 'Too many deliveries from here were refused. Try later.', {
            headers,
          });
        }
        try {
          const answer = await deliver(raw, params.trigger, address);
          total.add({ outcome: answer.workflowInstanceId === null ? 'seen' : 'run' });
          return Response.json(answer, {
            status: answer.workflowInstanceId === null ? 200 : 202,
            headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
          });
        } catch (error) {
          total.add({ outcome: toAppError(error).code });
          throw error;
        }
      },
    }),
  ];
}
