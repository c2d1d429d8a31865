/** /health, /ready and /metrics: for the machinery around the server. */
import type { ApiDeps, ReadinessCheck } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { HealthView, ReadyView } from '../views/operation.ts';

export function healthEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const tag = 'Health';
  return [
    endpoint({
      method: 'get',
      path: '/health',
      tag,
      access: 'open',
      summary: 'The process answers',
      status: 200,
      answer: HealthView,
      handle: async () => ({ status: 'ok' as const, version: deps.version }),
    }),
    rawEndpoint({
      method: 'get',
      path: '/ready',
      tag,
      access: 'open',
      summary: 'The server can do its work; 503 with the same body when it cannot',
      status: 200,
      otherStatuses: { 503: 'The server cannot do its work; the checks that are not ok say why' },
      contentType: 'application/json',
      answer: ReadyView,
      async respond() {
        const checks = await Promise.all(deps.readiness.map(runCheck));
        const ready = checks.every((check) => check.ok);
        const view: ReadyView = { status: ready ? 'ready' : 'not_ready', checks };
        return Response.json(view, { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } });
      },
    }),
    rawEndpoint({
      method: 'get',
      path: '/metrics',
      tag,
      access: deps.settings.metricsOpen ? 'open' : 'view',
      summary: 'Figures in the Prometheus text format; needs a token unless the operator opened it',
      status: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      async respond() {
        return new Response(await deps.metrics.render(), {
          headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
        });
      },
    }),
  ];
}

async function runCheck(one: ReadinessCheck): Promise<ReadyView['checks'][number]> {
  try {
    const { ok, detail } = await one.check();
    return { name: one.name, ok, detail };
  } catch {
    // The reason may quote inner parts; who may read it finds it in the log and under /api/v1/cluster.
    return { name: one.name, ok: false, detail: 'The check failed.' };
  }
}
