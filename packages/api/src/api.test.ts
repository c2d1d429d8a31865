import { AppError } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { DEFINITION, openApi, read, START, workerRow } from './testing/api-bench.ts';
import type { ClusterView, OverviewView } from './views/operation.ts';
import type { ProblemView } from './views/page.ts';

const problem = (answer: Response, status: number) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return read<ProblemView>(answer, status);
};

describe('errors', () => {
  it('is a problem for an address that is not there', async () => {
    const api = await openApi();
    const found = await problem(await api.send('GET', '/api/v1/nothing'), 404);
    expect(found).toMatchObject({ type: 'urn:vaquita:problem:not_found', code: 'not_found', status: 404 });
    expect(found.requestId).toBeTruthy();
  });

  it('names the methods that are possible', async () => {
    const api = await openApi();
    const answer = await api.send('PATCH', '/api/v1/projects/p/workflows/w');
    expect(answer.headers.get('allow')).toBe('GET, PUT, DELETE, HEAD');
    await problem(answer, 405);
  });

  it.each([
    ['/api/v1/projects/none', 'project “none”'],
    ['/api/v1/projects/etl/workflows/none', 'workflow “none”'],
    ['/api/v1/projects/etl/workflows/daily/versions/9', 'no version 9'],
    ['/api/v1/workflow-instances/none', 'workflow instance'],
    ['/api/v1/task-instances/none', 'task instance'],
    ['/api/v1/task-instances/none/log/stream', 'task instance'],
    ['/api/v1/workers/none', 'worker “none”'],
  ])('says what is not there: %s', async (path, part) => {
    const api = await openApi();
    await api.createWorkflow();
    expect((await problem(await api.send('GET', path), 404)).detail).toContain(part);
  });

  it('refuses a body that is too large, declared or chunked, and changes nothing', async () => {
    const api = await openApi({ settings: { bodyLimitBytes: 1000 } });
    const large = { name: 'x', description: 'y'.repeat(2000) };
    await problem(await api.send('POST', '/api/v1/projects', { body: large }), 413);

    const chunk = new TextEncoder().encode('y'.repeat(400));
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(chunk);
      },
    });
    const headers = { 'content-type': 'application/json' };
    await problem(await api.send('POST', '/api/v1/projects', { body: endless, headers }), 413);
    expect(sent).toBeLessThan(10);
    expect((await read<{ items: [] }>(await api.send('GET', '/api/v1/projects'))).items).toEqual([]);
  });

  it('refuses content types it does not read, and bodies that are not what they say', async () => {
    const api = await openApi();
    await api.createWorkflow();
    const send = (type: string, body: string) =>
      api.send('POST', '/api/v1/projects', { body, headers: { 'content-type': type } });
    expect((await problem(await send('text/plain', '{"name":"x"}'), 415)).detail).toContain('application/json');
    expect((await problem(await send('application/json', '{"name":'), 400)).detail).toContain('not valid JSON');
    const definition = { body: 'name: x', headers: { 'content-type': 'text/plain' } };
    await problem(await api.send('POST', '/api/v1/projects/etl/workflows', definition), 415);
  });

  it('names each wrong field with its path', async () => {
    const api = await openApi();
    const answer = await api.send('POST', '/api/v1/projects', { body: { name: 'a/b', description: 5, colour: 'red' } });
    const { errors } = await problem(answer, 400);
    expect(errors?.map(({ path }) => path).sort()).toEqual(['colour', 'description', 'name']);
    const missing = await problem(await api.send('POST', '/api/v1/projects', { body: {} }), 400);
    expect(missing.errors).toEqual([{ path: 'name', message: 'This is required (string)' }]);
  });

  it('refuses query parameters it does not know instead of ignoring a filter', async () => {
    const api = await openApi();
    for (const query of ['stat=running', 'state=flying', 'limit=0', 'limit=501', 'limit=x', 'workflow=daily']) {
      const { errors } = await problem(await api.send('GET', `/api/v1/workflow-instances?${query}`), 400);
      expect(errors?.[0]?.path).toContain(query.split('=')[0]);
    }
  });

  it('hides what broke inside and logs it under the id of the request', async () => {
    const api = await openApi();
    api.deps.store.projects.list = async () => {
      throw new Error('SELECT secret FROM users failed');
    };
    const answer = await api.send('GET', '/api/v1/projects', { headers: { 'x-request-id': 'trace-0001' } });
    expect(answer.headers.get('x-request-id')).toBe('trace-0001');
    const found = await problem(answer, 500);
    expect(JSON.stringify(found)).not.toMatch(/SELECT|secret|at .*\.ts/);
    expect(found.detail).toContain('trace-0001');
    expect(api.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({ requestId: 'trace-0001' });
  });

  it('asks to come back when the database is busy', async () => {
    const api = await openApi();
    api.deps.store.projects.list = async () => {
      throw new AppError('database_busy', 'The database is busy.');
    };
    const answer = await api.send('GET', '/api/v1/projects');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await problem(answer, 503)).code).toBe('database_busy');
  });
});

describe('the OpenAPI document', () => {
  it('describes every route there is, with its problems', async () => {
    const api = await openApi();
    const document = await read<{
      openapi: string;
      paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
      components: { schemas: Record<string, unknown> };
    }>(await api.send('GET', '/api/v1/openapi.json', { token: null }));
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const served = api.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/api/v1/openapi.json')
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(described)].sort()).toEqual([...new Set(served)].sort());
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const start = document.paths['/api/v1/projects/{project}/workflows/{workflow}/instances']?.post;
    expect(Object.keys(start?.responses ?? {}).sort()).toEqual([
      '202',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
    ]);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Problem', 'WorkflowInstance', 'TaskInstance', 'WorkflowDefinition']),
    );
  });

  it('tells monitors what they may meet: 503 while not ready, and a token for the figures unless they are open', async () => {
    interface Operation {
      readonly security: readonly unknown[];
      readonly responses: Record<string, { readonly content: Record<string, { readonly schema: unknown }> }>;
    }
    const describedBy = async (settings: { metricsOpen: boolean }) => {
      const api = await openApi({ settings });
      const answer = await api.send('GET', '/api/v1/openapi.json', { token: null });
      return (await read<{ paths: Record<string, { get: Operation }> }>(answer)).paths;
    };
    const closed = await describedBy({ metricsOpen: false });
    const ready = closed['/ready']!.get.responses;
    expect(ready['503']?.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Ready' });
    expect(ready['503']?.content).toEqual(ready['200']?.content);
    expect(closed['/metrics']!.get.security).toEqual([{ token: [] }, { session: [] }]);
    expect(closed['/metrics']!.get.responses).toHaveProperty('401');
    const open = await describedBy({ metricsOpen: true });
    expect(open['/metrics']!.get.security).toEqual([]);
    expect(open['/metrics']!.get.responses).not.toHaveProperty('401');
  });
});

describe('health', () => {
  it('answers without a token; readiness tells what is missing', async () => {
    const api = await openApi({
      deps: {
        readiness: [
          { name: 'database', check: async () => ({ ok: true, detail: 'answers' }) },
          {
            name: 'leader',
            check: async () => {
              throw new Error('inner detail');
            },
          },
        ],
      },
    });
    await read(await api.send('GET', '/health', { token: null }), 200);
    const ready = await api.send('GET', '/ready', { token: null });
    const text = await ready.text();
    expect(ready.status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      status: 'not_ready',
      checks: [{ ok: true }, { name: 'leader', ok: false }],
    });
    expect(text).not.toContain('inner detail');
  });

  it('shows figures to who has a token, or to everyone when the operator opened them', async () => {
    const api = await openApi();
    expect((await api.send('GET', '/metrics', { token: null })).status).toBe(401);
    await api.send('GET', '/api/v1/projects');
    const text = await (await api.send('GET', '/metrics')).text();
    expect(text).toContain('vaquita_http_requests_total{method="GET",status="200"} 1');
    const open = await openApi({ settings: { metricsOpen: true } });
    expect((await open.send('GET', '/metrics', { token: null })).status).toBe(200);
  });
});

describe('workers and cluster', () => {
  it('pages workers and finds one by its name', async () => {
    const api = await openApi();
    await api.addWorkers(workerRow('a'), workerRow('b'), workerRow('c', { state: 'offline' }));
    const first = await read<{ items: { name: string }[]; nextCursor: string }>(
      await api.send('GET', '/api/v1/workers?limit=2'),
    );
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b']);
    const second = await read<{ items: { name: string }[]; nextCursor: null }>(
      await api.send('GET', `/api/v1/workers?limit=2&cursor=${first.nextCursor}`),
    );
    expect(second).toMatchObject({ items: [{ name: 'c', slotsUsed: null }], nextCursor: null });
    expect(await read(await api.send('GET', '/api/v1/workers/b'))).toMatchObject({ sessionTimeout: '30s' });
    expect(await read(await api.send('GET', '/api/v1/cluster'))).toMatchObject({
      leader: { name: 'server-1', epoch: 3 },
      workers: { online: 2, offline: 1, slots: 8, slotsUsed: 2 },
    });
  });

  it('shows administrators the servers one by one, and others only who leads', async () => {
    const api = await openApi();
    await api.addWorkers(workerRow('a'), workerRow('b', { state: 'draining' }), workerRow('c', { state: 'offline' }));
    const [leader, silent] = (await read<ClusterView>(await api.send('GET', '/api/v1/cluster'))).servers!;
    expect(leader).toEqual({
      ...{ id: 'server-1', name: 'one:8080', url: 'http://one:8080', version: '0.1.0' },
      ...{ startedAt: '2026-03-01T11:00:00.000Z', answering: true, leader: true, epoch: 3 },
      ...{ leaseLeft: '8s', clockAheadMs: -12, workers: 2 },
    });
    expect(silent).toMatchObject({ answering: false, leader: false, epoch: null, leaseLeft: null, workers: 0 });
    const token = await api.addUser('eve', 'editor');
    expect(await read(await api.send('GET', '/api/v1/cluster', { token }))).toMatchObject({
      leader: { name: 'server-1', epoch: 3 },
      servers: null,
    });
  });

  it('counts runs by state, with a zero for the others', async () => {
    const api = await openApi();
    await api.createWorkflow('etl', DEFINITION);
    await api.startRun();
    expect(await read(await api.send('GET', '/api/v1/overview'))).toMatchObject({
      instances: { submitted: 1, success: 0 },
      pendingCommands: 1,
      setAside: [],
    });
  });

  it('counts runs over time, and names those that were set aside', async () => {
    const api = await openApi();
    await api.createWorkflow('etl', DEFINITION);
    const first = await api.startRun();
    await api.clock.advance(90 * 60_000);
    await api.startRun();
    const quarantine = { code: 'quarantined', text: 'A handler failed.', since: START } as const;
    await api.master(first, { quarantine });
    const overview = async (hours: number) =>
      read<OverviewView>(await api.send('GET', `/api/v1/overview?hours=${hours}`));
    const { perSpan, setAside } = await overview(24);
    expect(perSpan).toEqual({
      every: '1h',
      items: [
        { at: '2026-03-01T12:00:00.000Z', state: 'submitted', count: 1 },
        { at: '2026-03-01T13:00:00.000Z', state: 'submitted', count: 1 },
      ],
      from: null,
    });
    expect(setAside).toMatchObject([{ id: first, projectName: 'etl', quarantine: { text: 'A handler failed.' } }]);
    // What was set aside is told however long ago it was.
    const hour = await overview(1);
    expect(hour.perSpan).toMatchObject({ every: '5m', items: [{ at: '2026-03-01T13:30:00.000Z', count: 1 }] });
    expect(hour.setAside).toHaveLength(1);
    expect((await overview(169)).perSpan).toBeNull();
  });

  it('gives the JSON Schema of each task type', async () => {
    const api = await openApi();
    const { items } = await read<{ items: { type: string; settings: Record<string, unknown> }[] }>(
      await api.send('GET', '/api/v1/task-types'),
    );
    expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['shell', 'node', 'http', 'sql']));
    for (const { settings } of items) expect(settings.type).toBe('object');
  });
});
