import { AppError, MAX_BUNDLE_WORKFLOWS } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { ImportAnswer } from '../views/bundle.ts';
import type { ProblemView } from '../views/page.ts';

const yaml = { 'content-type': 'application/yaml' };
const workflow = (name: string, script = 'echo') =>
  `name: ${name}\ntasks:\n  - name: a\n    type: shell\n    script: ${script}\n`;

async function bench() {
  const api = await openApi();
  await read(await api.send('POST', '/api/v1/projects', { body: { name: 'etl' } }), 201);
  return api;
}
const send = (api: ApiBench, body: unknown, { query = '', headers = {} }: { query?: string; headers?: object } = {}) =>
  api.send('POST', `/api/v1/import?project=etl${query}`, { body, headers: { ...yaml, ...headers } });
const take = async (api: ApiBench, body: unknown, query = '') => read<ImportAnswer>(await send(api, body, { query }));
const outcomes = ({ items }: ImportAnswer) => items.map(({ name, outcome, version }) => [name, outcome, version]);
const exported = async (api: ApiBench, query = '') =>
  (await api.send('GET', `/api/v1/export?project=etl${query}`)).text();

describe('a bundle', () => {
  it('is taken in workflow by workflow: what is new, what differs, what is the same, what is wrong', async () => {
    const api = await bench();
    await take(api, [workflow('same'), workflow('other')].join('---\n'));
    const bundle = [
      workflow('same'),
      workflow('other', 'echo 2'),
      workflow('new'),
      'name: bad\ntasks: [{ name: a, type: nonsense }]\n',
      'name: x\nname: y\n',
      workflow('new', 'twice'),
    ].join('---\n');
    const dry = await take(api, bundle, '&dryRun=true');
    const would = [
      ['same', 'unchanged', 1],
      ['other', 'updated', 2],
      ['new', 'created', 1],
      ['bad', 'refused', null],
      [null, 'refused', null],
      ['new', 'refused', null],
    ];
    expect(outcomes(dry)).toEqual(would);
    expect(dry).toMatchObject({ projectName: 'etl', dryRun: true });
    expect(dry.counts).toEqual({ created: 1, updated: 1, unchanged: 1, refused: 3 });
    expect(dry.items[1]!.diff).toMatchObject({ from: 1, tasks: { added: [], changed: [{ name: 'a' }] } });
    expect(dry.items[1]!.diff!.text).toContain('+    script: echo 2');
    expect(dry.items[3]!.problems[0]!.path).toBe('tasks[0].type');
    expect(dry.items[4]!.problems[0]!.path).toMatch(/^line \d+, column \d+$/);
    expect(dry.items[5]!.problems[0]!.message).toContain('document 3');
    expect((await exported(api)).split('---\n')).toHaveLength(2);

    const done = await take(api, bundle);
    expect(outcomes(done)).toEqual(would);
    expect(done.items.some((item) => item.diff !== undefined)).toBe(false);
    expect(outcomes(await take(api, bundle)).slice(0, 3)).toEqual([
      ['same', 'unchanged', 1],
      ['other', 'unchanged', 2],
      ['new', 'unchanged', 1],
    ]);
    const log = await read<{ items: { action: string; subject: string; data: unknown }[] }>(
      await api.send('GET', '/api/v1/audit'),
    );
    const told = log.items.map(({ action, subject }) => `${action} ${subject}`).reverse();
    expect(told.slice(-3)).toEqual(['workflow.update etl/other', 'workflow.create etl/new', 'workflow.import etl']);
  });

  it('is given as it is taken, in YAML and in JSON, all of a project or what is chosen', async () => {
    const api = await bench();
    await take(api, [workflow('b'), workflow('A', '"---"'), workflow('c')].join('---\n'));
    const whole = await exported(api);
    expect([...whole.matchAll(/^name: (.+)$/gm)].map(([, name]) => name)).toEqual(['A', 'b', 'c']);
    expect((await take(api, whole)).counts).toEqual({ created: 0, updated: 0, unchanged: 3, refused: 0 });
    const json = await exported(api, '&format=json');
    expect((await take(api, json)).counts).toMatchObject({ unchanged: 3 });
    const answer = await api.send('GET', '/api/v1/export?project=etl&workflow=c,A&format=json');
    expect(answer.headers.get('content-disposition')).toContain('etl.json');
    const { workflows } = (await answer.json()) as { workflows: { name: string }[] };
    expect(workflows.map(({ name }) => name)).toEqual(['c', 'A']);
    const missing = await api.send('GET', '/api/v1/export?project=etl&workflow=c,nobody');
    expect((await read<ProblemView>(missing, 404)).detail).toContain('“nobody”');
    expect((await api.send('GET', '/api/v1/export?project=nowhere')).status).toBe(404);
    expect((await api.send('GET', '/api/v1/export')).status).toBe(400);
  });

  it('that is repeated under its key makes nothing twice and answers the same', async () => {
    const api = await bench();
    const headers = { 'idempotency-key': 'k' };
    const first = await read(await send(api, workflow('a'), { headers }));
    expect(await read(await send(api, workflow('a'), { headers }))).toEqual(first);
    expect((await send(api, workflow('a'), { query: '&dryRun=true', headers })).status).toBe(409);
  });

  it('of which nobody knows how far it came is finished by its repetition, which tells all that was made', async () => {
    const api = await bench();
    const { workflows } = api.store;
    const text = [workflow('a'), workflow('b')].join('---\n');
    const headers = { 'idempotency-key': 'k' };
    const create = workflows.create;
    Object.assign(workflows, {
      create: async (...args: Parameters<typeof create>) => {
        if (args[0].name === 'b') throw new AppError('outcome_unknown', 'The connection was lost.');
        await create(...args);
      },
    });
    expect((await send(api, text, { headers })).status).toBeGreaterThanOrEqual(500);
    Object.assign(workflows, { create });
    expect(outcomes(await read(await send(api, text, { headers })))).toEqual([
      ['a', 'created', 1],
      ['b', 'created', 1],
    ]);
    expect(await exported(api)).toBe(text);
  });

  it('is refused as a whole when it is none, is too large or holds too many, with the bound', async () => {
    const api = await bench();
    const refused = async (body: unknown, status = 400) => read<ProblemView>(await send(api, body), status);
    expect((await refused('# nothing\n')).detail).toContain('no workflow');
    expect((await refused('')).detail).toContain('empty');
    const headers = { ...yaml, authorization: `Bearer ${api.admin}` };
    const body = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]);
    const binary = new Request('http://vaquita.test/api/v1/import?project=etl', { method: 'POST', headers, body });
    expect((await read<ProblemView>(await api.app.fetch(binary), 400)).detail).toContain('UTF-8');
    const many = Array.from({ length: MAX_BUNDLE_WORKFLOWS + 1 }, (_, i) => `name: w${i}\n`).join('---\n');
    expect((await refused(many, 413)).detail).toContain('500');
    expect((await refused(`# ${'x'.repeat(9_000_000)}`, 413)).detail).toMatch(/\d{7}/);
    expect((await send(api, 'a: b', { headers: { 'content-type': 'image/png' } })).status).toBe(415);
    expect(await exported(api)).toBe('');
  });

  it('may be looked at by viewers and is taken in by editors only', async () => {
    const api = await bench();
    const viewer = await api.addUser('vic', 'viewer');
    expect((await api.send('GET', '/api/v1/export?project=etl', { token: viewer })).status).toBe(200);
    const path = '/api/v1/import?project=etl&dryRun=true';
    expect((await api.send('POST', path, { token: viewer, body: workflow('a'), headers: yaml })).status).toBe(403);
  });
});
