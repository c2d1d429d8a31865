import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { createClient } from './client.ts';
import type { LogMessage } from './resources/task-instances.ts';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** A client whose server is a list of answers; every request is recorded. */
function clientOf(...answers: (() => Response)[]) {
  const sent: Sent[] = [];
  const client = createClient({
    baseUrl: 'http://server.test/',
    token: 'vqa_secret',
    fetch: async (url, init) => {
      sent.push({ url, method: init.method!, headers: init.headers as Record<string, string>, body: init.body });
      const answer = answers.shift();
      if (!answer) throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
      return answer();
    },
  });
  return { client, sent };
}

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status });

describe('a call', () => {
  it('asks things of workers by name', async () => {
    const { client, sent } = clientOf(json({}), json({}), json({}));
    await client.workers.drain('rack 4', { reason: 'new disks' }, { idempotencyKey: 'k1' });
    await client.workers.resume('rack 4');
    await client.workers.update('rack 4', { slots: 8, labels: null });
    expect(sent.map(({ method, url, body }) => [method, new URL(url).pathname.replace('/api/v1', ''), body])).toEqual([
      ['POST', '/workers/rack%204/drain', '{"reason":"new disks"}'],
      ['POST', '/workers/rack%204/resume', '{}'],
      ['PATCH', '/workers/rack%204', '{"slots":8,"labels":null}'],
    ]);
    expect(sent[0]!.headers['idempotency-key']).toBe('k1');
  });

  it('escapes names in paths and sends the token', async () => {
    const { client, sent } = clientOf(json({}));
    await client.workflows.get('my project', 'a?b');
    expect(sent[0]).toMatchObject({
      url: 'http://server.test/api/v1/projects/my%20project/workflows/a%3Fb',
      headers: { authorization: 'Bearer vqa_secret' },
    });
  });

  it('repeats list parameters and leaves absent ones out', async () => {
    const { client, sent } = clientOf(json({ items: [], nextCursor: null }));
    await client.instances.list({ state: ['running', 'failure'], project: undefined, limit: 5 });
    expect(sent[0]?.url).toBe('http://server.test/api/v1/workflow-instances?state=running&state=failure&limit=5');
  });

  it('sends a text definition as YAML and an object as JSON', async () => {
    const { client, sent } = clientOf(json({}), json({}));
    await client.workflows.create('p', 'name: a');
    await client.workflows.create('p', { name: 'a' });
    expect(sent.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['application/yaml', 'name: a'],
      ['application/json', '{"name":"a"}'],
    ]);
  });

  it('changes the password', async () => {
    const { client, sent } = clientOf(() => new Response(null, { status: 204 }));
    await client.session.changePassword({ currentPassword: 'one', newPassword: 'two' });
    expect(sent[0]).toMatchObject({ method: 'PUT', url: 'http://server.test/api/v1/me/password' });
    expect(JSON.parse(String(sent[0]?.body))).toEqual({ currentPassword: 'one', newPassword: 'two' });
  });

  it('asks actions of runs and tasks, one by one and of many', async () => {
    const { client, sent } = clientOf(...Array.from({ length: 11 }, () => json({}, 202)));
    await client.instances.pause('r1', { idempotencyKey: 'k' });
    await client.instances.recoverFailed('r1');
    await client.instances.rerunFrom('r1', { tasks: ['load'], params: { day: 'mon' } });
    await client.instances.signal('r1', { name: 'go' });
    await client.instances.actOnMany({ action: 'stop', filter: { project: 'etl' } });
    await client.instances.operation('o1');
    await client.taskInstances.approve('t1', { comment: 'fine' });
    await client.taskInstances.kill('t1');
    await client.taskGroups.update('writes', { open: false });
    await client.workerGroups.assign('gpu', 'rack 7');
    await client.workerGroups.unassign('gpu', 'rack 7');
    const base = 'http://server.test/api/v1';
    expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', `${base}/workflow-instances/r1/pause`, undefined],
      ['POST', `${base}/workflow-instances/r1/recover-failed`, undefined],
      ['POST', `${base}/workflow-instances/r1/rerun-from`, '{"tasks":["load"],"params":{"day":"mon"}}'],
      ['POST', `${base}/workflow-instances/r1/signal`, '{"name":"go"}'],
      ['POST', `${base}/workflow-instances/actions`, '{"action":"stop","filter":{"project":"etl"}}'],
      ['GET', `${base}/operations/o1`, undefined],
      ['POST', `${base}/task-instances/t1/approve`, '{"comment":"fine"}'],
      ['POST', `${base}/task-instances/t1/kill`, '{}'],
      ['PATCH', `${base}/task-groups/writes`, '{"open":false}'],
      ['PUT', `${base}/worker-groups/gpu/workers/rack%207`, undefined],
      ['DELETE', `${base}/worker-groups/gpu/workers/rack%207`, undefined],
    ]);
    expect(sent[0]?.headers).toMatchObject({ 'idempotency-key': 'k' });
  });

  it('manages who is told of alerts, and looks at them', async () => {
    const { client, sent } = clientOf(...Array.from({ length: 10 }, () => json({}, 200)));
    await client.alertChannels.types();
    await client.alertChannels.create({ name: 'a b', type: 'slack', settings: {} }, { idempotencyKey: 'k' });
    await client.alertChannels.update('a b', { enabled: false });
    await client.alertChannels.test('a b');
    await client.alertGroups.create({ name: 'night', channels: ['a b'] });
    await client.alertGroups.update('night', { kinds: ['worker_lost'] });
    await client.alertGroups.delete('night');
    await client.alerts.list({ status: 'failed', project: 'etl', limit: 5 });
    await client.alerts.folded('x1');
    await client.alerts.resend('x1');
    const base = 'http://server.test/api/v1';
    expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', `${base}/alert-channels/types`, undefined],
      ['POST', `${base}/alert-channels`, '{"name":"a b","type":"slack","settings":{}}'],
      ['PATCH', `${base}/alert-channels/a%20b`, '{"enabled":false}'],
      ['POST', `${base}/alert-channels/a%20b/test`, undefined],
      ['POST', `${base}/alert-groups`, '{"name":"night","channels":["a b"]}'],
      ['PATCH', `${base}/alert-groups/night`, '{"kinds":["worker_lost"]}'],
      ['DELETE', `${base}/alert-groups/night`, undefined],
      ['GET', `${base}/alerts?status=failed&project=etl&limit=5`, undefined],
      ['GET', `${base}/alerts/x1/folded`, undefined],
      ['POST', `${base}/alerts/x1/resend`, undefined],
    ]);
    expect(sent[1]?.headers).toMatchObject({ 'idempotency-key': 'k' });
  });

  it('compares and restores versions', async () => {
    const { client, sent } = clientOf(json({}), json({}));
    await client.workflows.diff('p', 'w', { from: 1 });
    await client.workflows.restore('p', 'w', 1, { idempotencyKey: 'k' });
    expect(sent).toMatchObject([
      { method: 'GET', url: 'http://server.test/api/v1/projects/p/workflows/w/diff?from=1' },
      {
        method: 'POST',
        url: 'http://server.test/api/v1/projects/p/workflows/w/versions/1/restore',
        headers: { 'idempotency-key': 'k' },
      },
    ]);
  });

  it('names the version that a change was made from, and hears which one is newest', async () => {
    const newest = { version: 5, changedBy: 'eve', changedAt: '2026-03-01T12:00:00.000Z' };
    const refused = () => new Response(JSON.stringify({ code: 'changed_meanwhile', newest }), { status: 412 });
    const { client, sent } = clientOf(refused, json({}), json({}), json({}));
    const save = client.workflows.save('p', 'w', 'name: w', { baseVersion: 4 });
    await expect(save).rejects.toMatchObject({ code: 'changed_meanwhile', status: 412, newest });
    await client.workflows.restore('p', 'w', 1, { baseVersion: 5, idempotencyKey: 'k' });
    await client.workflows.save('p', 'w', 'name: w');
    await client.workflows.validate('p', 'name: w', { workflow: 'w' });
    expect(sent[0]?.headers).toMatchObject({ 'if-match': '"4"', 'content-type': 'application/yaml' });
    expect(sent[1]?.headers).toMatchObject({ 'if-match': '"5"', 'idempotency-key': 'k' });
    expect(sent[2]?.headers).not.toHaveProperty('if-match');
    expect(sent[3]).toMatchObject({
      method: 'POST',
      url: 'http://server.test/api/v1/projects/p/workflows/validate?workflow=w',
    });
  });

  it('reads the tasks of a run page by page', async () => {
    const { client, sent } = clientOf(
      json({ items: [{ id: 't1' }], nextCursor: 'n' }),
      json({ items: [{ id: 't2' }], nextCursor: null }),
      json({ items: [{ id: 't1' }], nextCursor: 'n' }),
    );
    expect(await client.instances.tasks('r1')).toEqual({ items: [{ id: 't1' }, { id: 't2' }], nextCursor: null });
    const base = 'http://server.test/api/v1/workflow-instances/r1/tasks';
    expect(sent.map(({ url }) => url)).toEqual([`${base}?limit=500`, `${base}?limit=500&cursor=n`]);
    for await (const task of client.instances.allTasks('r1')) {
      expect(task.id).toBe('t1');
      break;
    }
    expect(sent).toHaveLength(3);
  });

  it('answers nothing for 204', async () => {
    const { client } = clientOf(() => new Response(null, { status: 204 }));
    expect(await client.projects.delete('p')).toBeUndefined();
  });
});

describe('a failed call', () => {
  it('throws the problem of the server, each field in its place', async () => {
    const problem = {
      type: 'urn:x',
      title: 'Bad',
      status: 400,
      code: 'bad_definition',
      detail: 'Two things are wrong.',
      errors: [{ path: 'tasks[0].type', message: 'unknown' }],
      requestId: 'r-1',
    };
    const { client } = clientOf(json(problem, 400));
    const error = await client.projects.get('p').catch((thrown: unknown) => thrown as ApiError);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 400,
      code: 'bad_definition',
      detail: 'Two things are wrong.',
      errors: problem.errors,
      requestId: 'r-1',
      retryable: false,
    });
  });

  it('makes sense of an answer that is not the API’s', async () => {
    const { client } = clientOf(
      () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
      () => new Response('<html>'),
    );
    await expect(client.projects.list()).rejects.toMatchObject({ status: 502, code: 'bad_answer', retryable: true });
    await expect(client.projects.list()).rejects.toMatchObject({ code: 'bad_answer' });
  });

  it('says that the server cannot be reached, and why', async () => {
    const { client } = clientOf();
    await expect(client.projects.list()).rejects.toMatchObject({
      status: 0,
      code: 'unreachable',
      detail: 'No answer from http://server.test: ECONNREFUSED',
    });
  });

  it('tells how long to wait', async () => {
    const { client } = clientOf(() => Response.json({}, { status: 429, headers: { 'retry-after': '7' } }));
    await expect(client.session.signIn({ name: 'a', password: 'b' })).rejects.toMatchObject({ retryAfterMs: 7000 });
  });
});

describe('all()', () => {
  it('walks the pages and asks for the next only when it is needed', async () => {
    const { client, sent } = clientOf(
      json({ items: [{ id: '1' }, { id: '2' }], nextCursor: 'c' }),
      json({ items: [{ id: '3' }], nextCursor: null }),
    );
    const seen: string[] = [];
    for await (const project of client.projects.all()) {
      if (project.id === '2') expect(sent).toHaveLength(1);
      seen.push(project.id);
    }
    expect(seen).toEqual(['1', '2', '3']);
    expect(sent[1]?.url).toContain('cursor=c');
  });
});

describe('followLog', () => {
  it('gives text and the end, and closes', async () => {
    const chunk = { offset: 0, nextOffset: 3, size: 3, text: 'abc', ended: false };
    const { client, sent } = clientOf(
      () =>
        new Response(
          `event: log\nid: 3\ndata: ${JSON.stringify(chunk)}\n\nevent: end\nid: 3\ndata: {"state":"success","size":3}\n\n`,
        ),
    );
    const messages: LogMessage[] = [];
    for await (const message of client.taskInstances.followLog('t1', { offset: -10 })) messages.push(message);
    expect(messages).toEqual([
      { type: 'text', chunk },
      { type: 'end', end: { state: 'success', size: 3 } },
    ]);
    expect(sent[0]?.url).toBe('http://server.test/api/v1/task-instances/t1/log/stream?offset=-10');
  });
});
