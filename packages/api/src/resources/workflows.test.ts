import { describe, expect, it } from 'vitest';
import { DEFINITION, openApi, read } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';
import type {
  VersionDetail,
  VersionDiff,
  WorkflowDetail,
  WorkflowSaved,
  WorkflowValidated,
} from '../views/workflow.ts';

const WORKFLOWS = '/api/v1/projects/etl/workflows';
const yaml = { 'content-type': 'application/yaml' };

async function bench() {
  const api = await openApi();
  await read(await api.send('POST', '/api/v1/projects', { body: { name: 'etl' } }), 201);
  return api;
}

describe('projects', () => {
  it('are created, found by name and by id, renamed, and deleted when empty', async () => {
    const api = await bench();
    const { id } = await read<{ id: string }>(await api.send('GET', '/api/v1/projects/etl'));
    const renamed = await api.send('PATCH', `/api/v1/projects/${id}`, { body: { name: 'ingest' } });
    expect(await read(renamed)).toMatchObject({ id, name: 'ingest' });
    expect((await api.send('GET', '/api/v1/projects/etl')).status).toBe(404);
    await api.createWorkflow('ingest');
    expect((await api.send('DELETE', '/api/v1/projects/ingest')).status).toBe(409);
    await api.send('DELETE', '/api/v1/projects/ingest/workflows/daily');
    expect((await api.send('DELETE', '/api/v1/projects/ingest')).status).toBe(204);
  });

  it('have names of their own', async () => {
    const api = await bench();
    const twice = await read<ProblemView>(await api.send('POST', '/api/v1/projects', { body: { name: 'etl' } }), 409);
    expect(twice.code).toBe('name_in_use');
    for (const name of ['', '  ', 'a/b', '..', 'x'.repeat(101), '06f3abcdefghjkmnpqrstvwxyz'.slice(0, 26)]) {
      expect((await api.send('POST', '/api/v1/projects', { body: { name } })).status).toBe(400);
    }
  });
});

describe('workflows', () => {
  it('are saved from JSON and from YAML as the same thing', async () => {
    const api = await bench();
    const text = [
      'name: daily',
      'params: [{ name: day, type: string }]',
      'tasks:',
      '  - { name: extract, type: shell, script: echo one }',
      '  - { name: load, type: shell, script: echo two, dependsOn: [extract] }',
      '  - { name: report, type: shell, script: echo three, dependsOn: [load] }',
    ].join('\n');
    const made = await read<WorkflowSaved>(await api.send('POST', WORKFLOWS, { body: text, headers: yaml }), 201);
    expect(made).toMatchObject({ name: 'daily', version: 1, created: true });
    const saved = await api.send('PUT', `${WORKFLOWS}/daily`, { body: DEFINITION });
    expect(await read(saved)).toEqual({ id: made.id, name: 'daily', version: 1, created: false });
  });

  it('make a version per change and none without one', async () => {
    const api = await bench();
    await api.createWorkflow();
    const put = async (change: object) =>
      read<WorkflowSaved>(await api.send('PUT', `${WORKFLOWS}/daily`, { body: { ...DEFINITION, ...change } }));
    expect(await put({ description: 'two' })).toMatchObject({ version: 2, created: true });
    expect(await put({ description: 'two' })).toMatchObject({ version: 2, created: false });
    expect(await put({})).toMatchObject({ version: 3, created: true });
    const { items } = await read<{ items: { version: number; createdBy: string }[] }>(
      await api.send('GET', `${WORKFLOWS}/daily/versions`),
    );
    expect(items.map(({ version }) => version)).toEqual([3, 2, 1]);
    const second = await read<WorkflowDetail>(await api.send('GET', `${WORKFLOWS}/daily/versions/2`));
    expect(second.definition.description).toBe('two');
    for (const bad of ['0', 'x', '1.5']) {
      expect((await api.send('GET', `${WORKFLOWS}/daily/versions/${bad}`)).status).toBe(400);
    }
  });

  it('are saved by one who names their newest version, and by nobody who names an older one', async () => {
    const api = await bench();
    await api.createWorkflow();
    const put = (description: string, base: string, how: 'header' | 'query' = 'header') =>
      api.send('PUT', `${WORKFLOWS}/daily${how === 'query' ? `?baseVersion=${base}` : ''}`, {
        body: { ...DEFINITION, description },
        headers: how === 'header' ? { 'if-match': base } : {},
      });
    expect(await read(await put('two', '"1"'))).toMatchObject({ version: 2, created: true });
    expect(await read(await put('three', '2', 'query'))).toMatchObject({ version: 3, created: true });
    for (const base of ['"1"', 'W/"2"', '4']) {
      const late = await read<ProblemView>(await put('late', base), 412);
      expect(late).toMatchObject({
        code: 'changed_meanwhile',
        newest: { version: 3, changedBy: 'admin', changedAt: '2026-03-01T12:00:00.000Z' },
      });
      expect(late.detail).toContain('newest version is 3');
    }
    expect((await put('late', '2', 'query')).status).toBe(412);
    // The answer to a save was lost, and it is sent again.
    expect(await read(await put('three', '2', 'query'))).toMatchObject({ version: 3, created: false });
    expect((await put('late', 'x')).status).toBe(400);
    expect((await put('late', '0', 'query')).status).toBe(400);
    expect(await read(await put('any', '*'))).toMatchObject({ version: 4, created: true });
    const log = await read<{ items: { action: string }[] }>(await api.send('GET', '/api/v1/audit'));
    expect(log.items.filter(({ action }) => action === 'workflow.update')).toHaveLength(3);

    const restore = (base: string) =>
      api.send('POST', `${WORKFLOWS}/daily/versions/1/restore`, { headers: { 'if-match': base } });
    expect((await restore('3')).status).toBe(412);
    expect(await read(await restore('4'))).toMatchObject({ version: 5, created: true });
  });

  it('are saved by one of many who all made their change from the same version', async () => {
    const api = await bench();
    await api.createWorkflow();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        api.send('PUT', `${WORKFLOWS}/daily?baseVersion=1`, { body: { ...DEFINITION, description: `by ${i}` } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);
    expect(await read(await api.send('GET', `${WORKFLOWS}/daily`))).toMatchObject({ version: 2 });
  });

  it('are compared by task, by field and as text', async () => {
    const api = await bench();
    await api.createWorkflow();
    const [extract, load] = DEFINITION.tasks;
    const changed = { ...DEFINITION, description: 'now described', tasks: [extract, { ...load, script: 'echo 2' }] };
    await api.send('PUT', `${WORKFLOWS}/daily`, { body: changed });
    const diff = await read<VersionDiff>(await api.send('GET', `${WORKFLOWS}/daily/diff?from=1&to=2`));
    expect(diff).toEqual({
      from: 1,
      to: 2,
      tasks: {
        added: [],
        removed: ['report'],
        changed: [
          { name: 'load', changes: [{ path: 'tasks[1].script', kind: 'changed', from: 'echo two', to: 'echo 2' }] },
        ],
      },
      fields: [{ path: 'description', kind: 'added', to: 'now described' }],
      text: expect.stringMatching(
        /^--- version 1\n\+\+\+ version 2\n@@ .*\n name: daily\n\+description: now described\n/,
      ),
    });
    const back = await read<VersionDiff>(await api.send('GET', `${WORKFLOWS}/daily/diff?from=2&to=1`));
    expect(back.tasks.added).toEqual(['report']);
    const same = await read<VersionDiff>(await api.send('GET', `${WORKFLOWS}/daily/diff?from=2`));
    expect(same).toEqual({ from: 2, to: 2, tasks: { added: [], removed: [], changed: [] }, fields: [], text: '' });
    expect((await api.send('GET', `${WORKFLOWS}/daily/diff?from=1&to=3`)).status).toBe(404);
    for (const query of ['', '?from=0', '?to=1', '?from=x']) {
      expect((await api.send('GET', `${WORKFLOWS}/daily/diff${query}`)).status).toBe(400);
    }
  });

  it('get an older version back as a new one, with its name', async () => {
    const api = await bench();
    const id = await api.createWorkflow();
    const put = (path: string, change: object) =>
      api.send('PUT', `${WORKFLOWS}/${path}`, { body: { ...DEFINITION, ...change } });
    await read(await put(id, { name: 'weekly', description: 'other' }));
    const restore = (version: string) => api.send('POST', `${WORKFLOWS}/${id}/versions/${version}/restore`);
    expect(await read(await restore('1'))).toEqual({ id, name: 'daily', version: 3, created: true });
    expect(await read(await restore('1'))).toEqual({ id, name: 'daily', version: 3, created: false });
    const first = await read<VersionDetail>(await api.send('GET', `${WORKFLOWS}/daily/versions/1`));
    const third = await read<VersionDetail>(await api.send('GET', `${WORKFLOWS}/daily/versions/3`));
    expect(third).toMatchObject({ definition: first.definition, contentHash: first.contentHash });
    const log = await read<{ items: { action: string; data: object }[] }>(await api.send('GET', '/api/v1/audit'));
    expect(log.items[0]).toMatchObject({
      action: 'workflow.update',
      data: { version: 3, restoredFrom: 1, renamedFrom: 'weekly' },
    });

    await api.createWorkflow('etl', { ...DEFINITION, name: 'weekly' });
    expect((await read<ProblemView>(await restore('2'), 409)).code).toBe('name_in_use');
    expect((await restore('9')).status).toBe(404);
    expect((await restore('x')).status).toBe(400);
    expect(await read(await api.send('GET', `${WORKFLOWS}/daily`))).toMatchObject({ id, version: 3 });
  });

  it('are renamed by a definition with another name, unless that is taken', async () => {
    const api = await bench();
    const id = await api.createWorkflow();
    await api.createWorkflow('etl', { ...DEFINITION, name: 'taken' });
    const rename = (name: string) => api.send('PUT', `${WORKFLOWS}/${id}`, { body: { ...DEFINITION, name } });
    expect((await read<ProblemView>(await rename('taken'), 409)).code).toBe('name_in_use');
    expect(await read(await rename('weekly'))).toMatchObject({ id, name: 'weekly', version: 2 });
    expect((await api.send('GET', `${WORKFLOWS}/daily`)).status).toBe(404);
    expect(await read(await api.send('GET', `${WORKFLOWS}/weekly`))).toMatchObject({ id, projectName: 'etl' });
  });

  it('are exported as YAML that gives the same workflow again', async () => {
    const api = await bench();
    await api.createWorkflow();
    const answer = await api.send('GET', `${WORKFLOWS}/daily/export`);
    expect(answer.headers.get('content-type')).toContain('application/yaml');
    const put = await api.send('PUT', `${WORKFLOWS}/daily`, { body: await answer.text(), headers: yaml });
    expect(await read(put)).toMatchObject({ version: 1, created: false });
  });

  it('are listed in pages, put online and offline, and deleted unless they run', async () => {
    const api = await bench();
    for (const name of ['c', 'a', 'b']) await api.createWorkflow('etl', { ...DEFINITION, name });
    const page = await read<{ items: { name: string }[]; nextCursor: string }>(
      await api.send('GET', `${WORKFLOWS}?limit=2`),
    );
    const rest = await read<{ items: { name: string }[] }>(
      await api.send('GET', `${WORKFLOWS}?limit=2&cursor=${encodeURIComponent(page.nextCursor)}`),
    );
    expect([...page.items, ...rest.items].map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(await read(await api.send('POST', `${WORKFLOWS}/a/offline`))).toMatchObject({ online: false });
    await api.createWorkflow();
    await api.startRun();
    expect((await api.send('DELETE', `${WORKFLOWS}/daily`)).status).toBe(409);
    expect((await api.send('DELETE', `${WORKFLOWS}/a`)).status).toBe(204);
  });

  it.each([
    ['an unknown task type', { tasks: [{ name: 'a', type: 'shel', script: 'x' }] }, 'tasks[0].type'],
    [
      'a cycle',
      {
        tasks: [
          { name: 'a', type: 'shell', script: 'x', dependsOn: ['b'] },
          { name: 'b', type: 'shell', script: 'x', dependsOn: ['a'] },
        ],
      },
      'tasks',
    ],
    [
      'two tasks of one name',
      {
        tasks: [
          { name: 'a', type: 'shell', script: 'x' },
          { name: 'a', type: 'shell', script: 'x' },
        ],
      },
      'tasks[1].name',
    ],
    [
      'a dependency on nothing',
      { tasks: [{ name: 'a', type: 'shell', script: 'x', dependsOn: ['b'] }] },
      'tasks[0].dependsOn[0]',
    ],
  ])('are refused with %s, and nothing is saved', async (_, change, path) => {
    const api = await bench();
    const answer = await api.send('POST', WORKFLOWS, { body: { name: 'bad', ...change } });
    const found = await read<ProblemView>(answer, 400);
    expect(found.code).toBe('bad_definition');
    expect(found.errors?.some((one) => one.path.startsWith(path))).toBe(true);
    expect((await read<{ items: [] }>(await api.send('GET', WORKFLOWS))).items).toEqual([]);
  });

  it('are refused when the text is not YAML', async () => {
    const api = await bench();
    const answer = await api.send('POST', WORKFLOWS, { body: 'name: [unclosed', headers: yaml });
    expect((await read<ProblemView>(answer, 400)).code).toBe('bad_yaml');
    expect((await api.send('POST', WORKFLOWS, { body: '', headers: yaml })).status).toBe(400);
  });
});

describe('a definition is checked without being saved', () => {
  const validate = (api: Awaited<ReturnType<typeof bench>>, body: object | string, query = '') =>
    api
      .send('POST', `${WORKFLOWS}/validate${query}`, { body, ...(typeof body === 'string' ? { headers: yaml } : {}) })
      .then((answer) => read<WorkflowValidated>(answer));

  it('says what a save would do', async () => {
    const api = await bench();
    const id = await api.createWorkflow();
    const changed = { ...DEFINITION, description: 'two' };
    const facts = { ok: true, problems: [], name: 'daily', taskCount: 3 };
    expect(await validate(api, { ...DEFINITION, name: 'fresh' })).toEqual({
      ...facts,
      name: 'fresh',
      outcome: 'created',
      version: 1,
    });
    expect(await validate(api, changed, '?workflow=daily')).toEqual({ ...facts, outcome: 'updated', version: 2 });
    expect(await validate(api, DEFINITION, `?workflow=${id}`)).toEqual({ ...facts, outcome: 'unchanged', version: 1 });
    expect(await read(await api.send('GET', WORKFLOWS))).toMatchObject({ items: [{ name: 'daily', version: 1 }] });
    const log = await read<{ items: { action: string }[] }>(await api.send('GET', '/api/v1/audit'));
    expect(log.items.map(({ action }) => action)).toEqual(['workflow.online', 'workflow.create', 'project.create']);
  });

  it('names every wrong place, as a save would', async () => {
    const api = await bench();
    await api.createWorkflow();
    const tasks = [{ name: 'a', type: 'shel', script: 'x', dependsOn: ['b'] }];
    const refused = await read<ProblemView>(await api.send('POST', WORKFLOWS, { body: { name: 'x', tasks } }), 400);
    expect(await validate(api, { name: 'x', tasks })).toEqual({ ok: false, problems: refused.errors });
    expect(await validate(api, DEFINITION)).toMatchObject({ ok: false, problems: [{ path: 'name' }] });
    await api.createWorkflow('etl', { ...DEFINITION, name: 'other' });
    expect(await validate(api, DEFINITION, '?workflow=other')).toMatchObject({
      ok: false,
      problems: [{ path: 'name', message: expect.stringContaining('named "daily" already') }],
    });
    expect(await validate(api, 'name: [open')).toMatchObject({ ok: false, problems: [{ path: 'line 1, column 12' }] });
    expect((await validate(api, '# nothing yet')).ok).toBe(false);
  });

  it('says what differs from a version that is named', async () => {
    const api = await bench();
    await api.createWorkflow();
    const changed = { ...DEFINITION, description: 'two' };
    const { diff } = await validate(api, changed, '?workflow=daily&compare=1');
    expect(diff).toMatchObject({ from: 1, fields: [{ path: 'description', kind: 'added', to: 'two' }] });
    expect(diff?.text).toMatch(/^--- version 1\n\+\+\+ this text\n@@ .*\n name: daily\n\+description: two\n/);
    expect((await validate(api, DEFINITION, '?workflow=daily&compare=1')).diff?.text).toBe('');
    expect((await validate(api, 'name: [open', '?workflow=daily&compare=1')).diff).toBeUndefined();
    const ask = (query: string) => api.send('POST', `${WORKFLOWS}/validate?${query}`, { body: changed });
    expect((await ask('workflow=daily&compare=2')).status).toBe(404);
    expect((await ask('compare=1')).status).toBe(400);
  });

  it('refuses what is no question about a definition', async () => {
    const api = await openApi({ settings: { definitionLimitBytes: 1_000 } });
    await read(await api.send('POST', '/api/v1/projects', { body: { name: 'etl' } }), 201);
    const ask = async (path: string, options: Parameters<typeof api.send>[2]) =>
      (await api.send('POST', `/api/v1/projects/${path}`, options)).status;
    expect(await ask('etl/workflows/validate', { body: `# ${'x'.repeat(1_000)}`, headers: yaml })).toBe(413);
    expect(await ask('etl/workflows/validate', { body: 'x', headers: { 'content-type': 'text/plain' } })).toBe(415);
    expect(await ask('nowhere/workflows/validate', { body: DEFINITION })).toBe(404);
    expect(await ask('etl/workflows/validate?workflow=nothing', { body: DEFINITION })).toBe(404);
    expect(await ask('etl/workflows/validate?other=1', { body: DEFINITION })).toBe(400);
  });

  it('leaves the name “validate” to workflows', async () => {
    const api = await bench();
    await api.createWorkflow('etl', { ...DEFINITION, name: 'validate' });
    expect(await read(await api.send('GET', `${WORKFLOWS}/validate`))).toMatchObject({ name: 'validate' });
    const saved = await api.send('PUT', `${WORKFLOWS}/validate`, { body: { ...DEFINITION, name: 'validate' } });
    expect(await read(saved)).toMatchObject({ created: false });
  });
});
