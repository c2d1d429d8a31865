/** The HTTP API as one Hono app: every endpoint, the OpenAPI document, and one door for errors. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError, toAppError } from '@vaquita/core';
import type { Hono } from 'hono';
import { createAudit } from './audit.ts';
import { createSignInAttempts } from './auth/attempts.ts';
import { SESSION_COOKIE } from './auth/caller.ts';
import type { ApiDeps } from './deps.ts';
import type { Endpoint } from './http/endpoint.ts';
import { HttpError } from './http/http-error.ts';
import { createIdempotency } from './http/idempotency.ts';
import { problemResponse } from './http/problem.ts';
import { type ApiEnv, mountEndpoints } from './http/router.ts';
import { alertChannelEndpoints } from './resources/alert-channels.ts';
import { alertGroupEndpoints } from './resources/alert-groups.ts';
import { alertEndpoints } from './resources/alerts.ts';
import { backfillEndpoints } from './resources/backfills.ts';
import { bulkActionEndpoints } from './resources/bulk-actions.ts';
import { bundleEndpoints } from './resources/bundles.ts';
import { calendarImportEndpoints } from './resources/calendar-import.ts';
import { calendarEndpoints } from './resources/calendars.ts';
import { commandEndpoints } from './resources/commands.ts';
import { dataSourceEndpoints } from './resources/data-sources.ts';
import { dependencyEndpoints } from './resources/dependencies.ts';
import { environmentEndpoints } from './resources/environments.ts';
import { streamEndpoints } from './resources/events.ts';
import { forecastEndpoints } from './resources/forecast.ts';
import { healthEndpoints } from './resources/health.ts';
import { historyEndpoints } from './resources/history.ts';
import { hookEndpoints } from './resources/hooks.ts';
import { instanceEndpoints } from './resources/instances.ts';
import { listenerEventEndpoints } from './resources/listener-events.ts';
import { listenerInstanceEndpoints } from './resources/listener-instances.ts';
import { listenerPluginEndpoints } from './resources/listener-plugins.ts';
import { operationEndpoints } from './resources/operations.ts';
import { passwordEndpoints } from './resources/password.ts';
import { projectEndpoints } from './resources/projects.ts';
import { registryEndpoints } from './resources/registry.ts';
import { roleEndpoints } from './resources/roles.ts';
import { runActionEndpoints } from './resources/run-actions.ts';
import { scheduleChangeEndpoints } from './resources/schedule-changes.ts';
import { schedulePreviewEndpoints } from './resources/schedule-preview.ts';
import { scheduleEndpoints } from './resources/schedules.ts';
import { searchEndpoints } from './resources/search.ts';
import { secretEndpoints } from './resources/secrets.ts';
import { sessionEndpoints } from './resources/session.ts';
import { ownSessionEndpoints } from './resources/sessions.ts';
import { setUpEndpoints } from './resources/set-up.ts';
import { startEndpoints } from './resources/starts.ts';
import { taskActionEndpoints } from './resources/task-actions.ts';
import { taskFileEndpoints } from './resources/task-files.ts';
import { taskGroupEndpoints } from './resources/task-groups.ts';
import { taskInstanceEndpoints } from './resources/task-instances.ts';
import { taskListEndpoints } from './resources/task-list.ts';
import { tokenEndpoints } from './resources/tokens.ts';
import { triggerEndpoints } from './resources/triggers.ts';
import { upkeepEndpoints } from './resources/upkeep.ts';
import { userEndpoints } from './resources/users.ts';
import { whyEndpoints } from './resources/why.ts';
import { workerFileEndpoints } from './resources/worker-files.ts';
import { workerGroupEndpoints } from './resources/worker-groups.ts';
import { workerEndpoints } from './resources/workers.ts';
import { workflowCalendarEndpoints } from './resources/workflow-calendar.ts';
import { gridEndpoints } from './resources/workflow-grid.ts';
import { workflowListEndpoints } from './resources/workflow-list.ts';
import { statisticsEndpoints } from './resources/workflow-statistics.ts';
import { validationEndpoints } from './resources/workflow-validation.ts';
import { versionEndpoints } from './resources/workflow-versions.ts';
import { workflowEndpoints } from './resources/workflows.ts';
import { DefinitionDocument } from './views/workflow.ts';

const DURATION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Answers everything under /api/v1 and /health, /ready, /metrics; anything else is a 404 problem, so a server mounts
 * its UI in front of it.
 */
export function createApi(deps: ApiDeps): Hono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  observeRequests(app, deps);
  app.notFound((c) => {
    const message = `There is nothing at ${c.req.path}. The API is described at ${deps.settings.basePath}/api/v1/openapi.json.`;
    return problemResponse(new AppError('not_found', message), c.get('info').requestId);
  });
  app.onError((thrown, c) => {
    const error = toAppError(thrown);
    const { requestId } = c.get('info');
    if (error.status >= 500) {
      const request = `${c.req.method} ${c.req.path}`;
      deps.log.error('request failed', { requestId, request, code: error.code, cause: error });
    }
    return problemResponse(error, requestId, thrown instanceof HttpError ? thrown.headers : {});
  });

  const audit = createAudit(deps);
  const attempts = createSignInAttempts(deps.clock);
  const endpoints: Endpoint[] = [
    ...roleEndpoints(() => endpoints),
    ...setUpEndpoints(deps, audit, attempts),
    ...userEndpoints(deps, audit),
    ...ownSessionEndpoints(deps, audit),
    ...healthEndpoints(deps),
    ...sessionEndpoints(deps, audit, attempts),
    ...passwordEndpoints(deps, audit, attempts),
    ...tokenEndpoints(deps, audit),
    ...projectEndpoints(deps, audit),
    ...workflowEndpoints(deps, audit),
    ...workflowListEndpoints(deps),
    ...bundleEndpoints(deps, audit),
    ...versionEndpoints(deps, audit),
    ...validationEndpoints(deps),
    ...gridEndpoints(deps),
    ...workflowCalendarEndpoints(deps),
    ...statisticsEndpoints(deps),
    ...dependencyEndpoints(deps),
    ...startEndpoints(deps),
    ...schedulePreviewEndpoints(deps),
    ...scheduleEndpoints(deps, audit),
    ...scheduleChangeEndpoints(deps, audit),
    ...forecastEndpoints(deps),
    ...calendarImportEndpoints(deps, audit),
    ...calendarEndpoints(deps, audit),
    ...bulkActionEndpoints(deps, audit),
    ...backfillEndpoints(deps),
    ...instanceEndpoints(deps),
    ...runActionEndpoints(deps, audit),
    ...taskListEndpoints(deps),
    ...taskInstanceEndpoints(deps),
    ...taskFileEndpoints(deps),
    ...taskActionEndpoints(deps, audit),
    ...commandEndpoints(deps),
    ...environmentEndpoints(deps, audit),
    ...secretEndpoints(deps, audit),
    ...dataSourceEndpoints(deps, audit),
    ...taskGroupEndpoints(deps, audit),
    ...workerGroupEndpoints(deps, audit),
    ...workerEndpoints(deps, audit),
    ...workerFileEndpoints(deps),
    ...alertGroupEndpoints(deps, audit),
    ...alertChannelEndpoints(deps, audit),
    ...listenerPluginEndpoints(deps, audit),
    ...listenerInstanceEndpoints(deps, audit),
    ...listenerEventEndpoints(deps, audit),
    ...alertEndpoints(deps, audit),
    ...triggerEndpoints(deps, audit),
    ...hookEndpoints(deps),
    ...searchEndpoints(deps),
    ...operationEndpoints(deps),
    ...registryEndpoints(deps, audit),
    ...upkeepEndpoints(deps, audit),
    ...historyEndpoints(deps),
    ...whyEndpoints(deps),
    ...streamEndpoints(deps),
  ];
  app.openAPIRegistry.register('WorkflowDefinition', DefinitionDocument);
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'workerToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'A worker token',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'The session of the UI; requests that change something must come from the same origin',
  });
  mountEndpoints(app, endpoints, { deps, idempotency: createIdempotency(deps) });
  serveDocument(app, deps);
  return app;
}

/** Gives each request its id, and counts and times it. */
function observeRequests(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const total = deps.metrics.counter('vaquita_http_requests_total', 'Requests answered, by method and status.');
  const seconds = deps.metrics.histogram(
    'vaquita_http_request_duration_seconds',
    'Time until the answer began.',
    DURATION_BUCKETS_S,
  );
  app.use(async (c, next) => {
    const given = c.req.header('x-request-id') ?? '';
    const requestId = /^[\w.-]{8,64}$/.test(given) ? given : deps.ids.next<'request'>();
    c.set('info', { requestId, address: deps.peerAddress(c.env) });
    const startedAt = deps.clock.now();
    await next();
    c.res.headers.set('x-request-id', requestId);
    const { method } = c.req;
    total.add({ method, status: String(c.res.status) });
    seconds.observe({ method }, Math.max(0, deps.clock.now() - startedAt) / 1000);
  });
}

function serveDocument(app: OpenAPIHono<ApiEnv>, { version, settings: { basePath } }: ApiDeps): void {
  let document: string | undefined;
  app.get('/api/v1/openapi.json', (c) => {
    document ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Vaquita',
          version,
          description:
            'Times are ISO 8601 in UTC, durations are texts such as `30s`, `10m`, `2h`. Every error is a problem ' +
            'document (RFC 9457) whose `code` is what a program branches on. Lists are paged by `limit` and `cursor`.',
          license: { name: 'Apache-2.0' },
        },
        ...(basePath === '' ? {} : { servers: [{ url: basePath }] }),
      }),
    );
    return c.body(document, 200, { 'content-type': 'application/json' });
  });
}
