/**
 * Wrong input through the API and the command line: each gets an error that says what to do, the right status or exit
 * code, and changes nothing. Workers and servers that cannot start: bad-start.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, vaquita } from '../support/cli.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';

const PROJECT = 'bad-input';
const GOOD = { name: 'good', tasks: [{ name: 'only', type: 'noop' }] };

let server: TestServer;
let scratch: Scratch;

beforeAll(async () => {
  scratch = createScratch();
  server = await startTestServer();
  await server.client.projects.create({ name: PROJECT });
  await server.client.workflows.create(PROJECT, GOOD);
  await server.client.workflows.online(PROJECT, 'good');
});

afterAll(async () => {
  await server?.close();
  scratch?.[Symbol.dispose]();
});

interface Problem {
  readonly status: number;
  readonly type: string;
  readonly body: {
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly code: string;
    readonly detail: string;
    readonly errors?: readonly { readonly path: string; readonly message: string }[];
  };
}

interface Asked {
  readonly token?: string | null;
  readonly contentType?: string;
  readonly body?: string;
}

async function ask(method: string, path: string, asked: Asked = {}): Promise<Problem> {
  const { token = server.adminToken, contentType = 'application/json', body } = asked;
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const problem: Problem = {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    body: (await answer.json()) as Problem['body'],
  };
  // True of every error, whatever its kind.
  expect(problem.type).toMatch(/^application\/problem\+json/);
  expect(problem.body).toMatchObject({ status: problem.status, title: expect.any(String), detail: expect.any(String) });
  expect(JSON.stringify(problem.body)).not.toMatch(/\bat .*\.ts:\d+|sqlite|select |insert /i);
  return problem;
}

const create = (definition: unknown) =>
  ask('POST', `/api/v1/projects/${PROJECT}/workflows`, { body: JSON.stringify(definition) });

async function apply(name: string, text: string): Promise<CliResult> {
  scratch.write(name, text);
  return vaquita(['apply', '-f', scratch.path(name), '-p', PROJECT], { server });
}

/** Everything that a refused request could have changed. */
async function snapshot(): Promise<unknown> {
  const { client } = server;
  const [projects, workflows, instances, tokens] = await Promise.all([
    client.projects.list({ limit: 500 }),
    client.workflows.list(PROJECT, { limit: 500 }),
    client.instances.list({ limit: 500 }),
    client.workerTokens.list({ limit: 500 }),
  ]);
  const workerTokens = tokens.items.map(({ id, revokedAt }) => ({ id, revokedAt }));
  return { projects: projects.items, workflows: workflows.items, instances: instances.items, workerTokens };
}

async function expectUnchanged(act: () => Promise<void>): Promise<void> {
  const before = await snapshot();
  await act();
  expect(await snapshot()).toEqual(before);
}

describe('a definition', () => {
  it('with an unknown task type', () =>
    expectUnchanged(async () => {
      const bad = { name: 'typo', tasks: [{ name: 'one', type: 'shel', script: 'true' }] };
      const { status, body } = await create(bad);
      expect(status).toBe(400);
      expect(body.code).toBe('bad_definition');
      expect(body.errors).toEqual([
        { path: 'tasks[0].type', message: expect.stringMatching(/"shel".*[Dd]id you mean "shell"/) },
      ]);

      const cli = await apply('typo.yaml', 'name: typo\ntasks:\n  - { name: one, type: shel, script: "true" }\n');
      expect(cli.code).toBe(1);
      expect(cli.stderr).toMatch(/typo\.yaml: tasks\[0\]\.type: .*"shel"/);
      expect(cli.stdout).toBe('');
    }));

  it('with a cycle', () =>
    expectUnchanged(async () => {
      const task = (name: string, after: string) => ({ name, type: 'noop', dependsOn: [after] });
      const { status, body } = await create({ name: 'round', tasks: [task('a', 'c'), task('b', 'a'), task('c', 'b')] });
      expect(status).toBe(400);
      expect(body.code).toBe('bad_definition');
      const text = JSON.stringify(body.errors);
      expect(text).toMatch(/a → .* → a|b → .* → b|c → .* → c/);
      expect(text).toContain('dependsOn');
    }));

  it('with names that come twice, or that nobody has: all of them at once', () =>
    expectUnchanged(async () => {
      const { status, body } = await create({
        name: 'twice',
        tasks: [
          { name: 'same', type: 'noop' },
          { name: 'same', type: 'noop' },
          { name: 'third', type: 'noop', dependsOn: ['sane'] },
        ],
      });
      expect(status).toBe(400);
      expect(body.errors).toEqual(
        expect.arrayContaining([
          { path: 'tasks[1].name', message: expect.stringContaining('same') },
          { path: 'tasks[2].dependsOn[0]', message: expect.stringMatching(/"sane".*"same"/) },
        ]),
      );
    }));

  it('that is no YAML', () =>
    expectUnchanged(async () => {
      const text = 'name: broken\ntasks:\n  - name: one\n   type: noop\n';
      const path = `/api/v1/projects/${PROJECT}/workflows`;
      const { status, body } = await ask('POST', path, { contentType: 'application/yaml', body: text });
      expect(status).toBe(400);
      expect(body.code).toBe('bad_yaml');
      expect(JSON.stringify(body)).toMatch(/line 4/);

      const cli = await apply('broken.yaml', text);
      expect(cli.code).toBe(1);
      expect(cli.stderr).toMatch(/broken\.yaml.*line 4/);

      const json = await ask('POST', path, { body: '{ "name": "broken", ' });
      expect(json.status).toBe(400);
      expect(json.body.code).toBe('bad_yaml');
      expect(json.body.detail).toMatch(/line 1/);
    }));

  it('in a file that is not there', async () => {
    const cli = await vaquita(['apply', '-f', scratch.path('absent.yaml'), '-p', PROJECT], { server });
    expect(cli.code).toBe(1);
    expect(cli.stderr).toContain('absent.yaml');
  });
});

describe('a name in use', () => {
  it('of a workflow', () =>
    expectUnchanged(async () => {
      const { status, body } = await create(GOOD);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'name_in_use' });
      expect(body.detail).toContain('"good"');
    }));

  it('of a project', () =>
    expectUnchanged(async () => {
      const { status, body } = await ask('POST', '/api/v1/projects', { body: JSON.stringify({ name: PROJECT }) });
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'name_in_use' });
    }));
});

describe('a start', () => {
  it('without a parameter that has no default', async () => {
    const definition = {
      name: 'needs-city',
      params: [
        { name: 'city', type: 'string' },
        { name: 'year', type: 'integer', value: '2015' },
      ],
      tasks: [{ name: 'only', type: 'noop' }],
    };
    await server.client.workflows.create(PROJECT, definition);
    await server.client.workflows.online(PROJECT, 'needs-city');
    await expectUnchanged(async () => {
      const path = `/api/v1/projects/${PROJECT}/workflows/needs-city/instances`;
      const missing = await ask('POST', path, { body: '{}' });
      expect({ status: missing.status, code: missing.body.code }).toEqual({ status: 400, code: 'missing_parameter' });
      expect(missing.body.errors).toEqual([{ path: 'params.city', message: expect.stringContaining('city') }]);

      const cli = await vaquita(['run', `${PROJECT}/needs-city`, '--param', 'year=2015'], { server });
      expect(cli.code).toBe(1);
      expect(cli.stderr).toMatch(/city/);

      const wrongType = await ask('POST', path, {
        body: JSON.stringify({ params: { city: 'Seattle', year: 'soon' } }),
      });
      expect(wrongType.status).toBe(400);
      expect(wrongType.body.errors).toEqual([{ path: 'params.year', message: expect.stringContaining('soon') }]);
    });
  });

  it('of a workflow that is offline', async () => {
    await server.client.workflows.create(PROJECT, { ...GOOD, name: 'resting' });
    await server.client.workflows.offline(PROJECT, 'resting');
    await expectUnchanged(async () => {
      const { status, body } = await ask('POST', `/api/v1/projects/${PROJECT}/workflows/resting/instances`, {
        body: '{}',
      });
      expect(status).toBe(409);
      expect(body.detail).toMatch(/online/);
    });
  });
});

describe('a token', () => {
  it.each([
    ['absent', null],
    ['unknown', 'vqa_0000000000000000000000000000000000000000000'],
    ['garbled', '!!'],
  ])('that is %s', (_, token) =>
    expectUnchanged(async () => {
      const { status, body } = await ask('POST', '/api/v1/projects', {
        token,
        body: JSON.stringify({ name: 'sneaked-in' }),
      });
      expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
      expect(body.detail).toMatch(/token/i);
    }),
  );

  it('on the command line', async () => {
    const env = { VAQUITA_SERVER_URL: server.url, VAQUITA_TOKEN: 'not-a-token-of-this-server' };
    const cli = await vaquita(['run', `${PROJECT}/good`], { env });
    expect(cli.code).toBe(1);
    expect(cli.stderr).toMatch(/^error: .*token/i);
  });
});

describe('a body', () => {
  it('that is too large', () =>
    expectUnchanged(async () => {
      const script = 'x'.repeat(32 * 1024 * 1024);
      const { status, body } = await create({ name: 'huge', tasks: [{ name: 'one', type: 'shell', script }] });
      expect({ status, code: body.code }).toEqual({ status: 413, code: 'too_large' });
      expect(body.detail).toMatch(/\d+ bytes/);
    }));

  it('of another type', () =>
    expectUnchanged(async () => {
      const { status } = await ask('POST', '/api/v1/projects', { contentType: 'text/csv', body: 'name\nx\n' });
      expect(status).toBe(415);
    }));

  it('with keys that do not exist', () =>
    expectUnchanged(async () => {
      const { status, body } = await ask('POST', '/api/v1/projects', {
        body: '{"name":"ok-name","descripton":"typo"}',
      });
      expect(status).toBe(400);
      expect(JSON.stringify(body.errors)).toContain('descripton');
    }));
});

describe('an id that nothing has', () => {
  const id = '0000000000000000000000zzzz';

  it.each([
    ['GET', '/api/v1/projects/nowhere'],
    ['GET', `/api/v1/projects/${PROJECT}/workflows/nothing`],
    ['POST', `/api/v1/projects/${PROJECT}/workflows/nothing/instances`],
    ['GET', `/api/v1/workflow-instances/${id}`],
    ['GET', '/api/v1/workflow-instances/not-even-an-id'],
    ['POST', `/api/v1/workflow-instances/${id}/stop`],
    ['GET', `/api/v1/task-instances/${id}/log`],
    ['POST', `/api/v1/task-instances/${id}/kill`],
    ['GET', '/api/v1/workers/nobody'],
    ['DELETE', `/api/v1/worker-tokens/${id}`],
    ['GET', '/api/v1/no-such-thing'],
  ])('%s %s', (method, path) =>
    expectUnchanged(async () => {
      const { status, body } = await ask(method, path, method === 'POST' ? { body: '{}' } : {});
      expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
    }),
  );

  it('on the command line', async () => {
    const cli = await vaquita(['run', `${PROJECT}/godo`], { server });
    expect(cli.code).toBe(1);
    expect(cli.stderr).toContain('godo');
  });
});

describe('a command line', () => {
  it('for a server that is not there', async () => {
    const port = await freePort();
    const cli = await vaquita(['run', 'a/b'], {
      env: { VAQUITA_SERVER_URL: `http://127.0.0.1:${port}`, VAQUITA_TOKEN: 'x' },
    });
    expect(cli.code).toBe(1);
    expect(cli.stderr).toContain(`127.0.0.1:${port}`);
  });

  it.each([
    [['rnu', 'a/b'], /no command "rnu".*Did you mean "run"/],
    [['run'], /<project\/workflow> is missing/],
    [['run', 'only-one-word'], /<project>\/<workflow>/],
    [['run', 'a/b', '--folow'], /--folow.*Did you mean "follow"/],
    [['run', 'a/b', '--param', 'novalue'], /name=value/],
  ])('%j', async (args, text) => {
    const cli = await vaquita(args, { server });
    expect(cli.code).toBe(2);
    expect(cli.stderr).toMatch(text);
    expect(cli.stdout).toBe('');
  });
});
