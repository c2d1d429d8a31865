/**
 * Who may do what with schedules, calendars, backfills and triggers, and what is said of things that are not there, over every
 * endpoint that the OpenAPI document has of them: one that is made anew fails here until its line is written.
 */
import { ROLES, type Role, rolesWith } from '@vaquita/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';

const TAGS = ['Schedules', 'Calendars', 'Backfills', 'Triggers'];
const OF_WORKFLOW = '/api/v1/projects/{project}/workflows/{workflow}';
const PLAN = { every: '1h' };
const START = { params: { day: 'mon' } };
const BACKFILL = {
  ...{ project: 'etl', workflow: 'daily', start: START },
  times: { kind: 'list', times: ['2026-01-01'] },
};
const HOOK = { kind: 'webhook', mapping: { day: '$.day' } };
const ICS = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n';

interface Line {
  /** Of who may not, the role is one less. */
  readonly need: 'view' | 'operate' | 'edit';
  readonly body?: unknown;
  readonly status: number;
  /** What has to be done before, so that it can be asked for. */
  readonly first?: readonly string[];
  /** Its proof of who asks is another one. */
  readonly isSigned?: true;
}

const LINES: Readonly<Record<string, Line>> = {
  'GET /api/v1/schedules': { need: 'view', status: 200 },
  [`GET ${OF_WORKFLOW}/schedules`]: { need: 'view', status: 200 },
  [`POST ${OF_WORKFLOW}/schedules`]: { need: 'edit', body: { name: 'new', plan: PLAN, start: START }, status: 201 },
  'GET /api/v1/schedules/{id}': { need: 'view', status: 200 },
  'PATCH /api/v1/schedules/{id}': { need: 'edit', body: { description: 'x' }, status: 200 },
  'DELETE /api/v1/schedules/{id}': { need: 'edit', status: 204 },
  'GET /api/v1/schedules/{id}/fires': { need: 'view', status: 200 },
  'POST /api/v1/schedules/{id}/online': { need: 'operate', status: 200 },
  'POST /api/v1/schedules/{id}/offline': { need: 'operate', status: 200 },
  'POST /api/v1/schedules/{id}/pause': { need: 'operate', body: { for: '1h' }, status: 200 },
  'POST /api/v1/schedules/{id}/run': { need: 'operate', status: 202 },
  'POST /api/v1/schedules/preview': { need: 'view', body: { plan: PLAN }, status: 200 },
  'GET /api/v1/forecast': { need: 'view', status: 200 },
  'POST /api/v1/calendars/import': { need: 'edit', body: { calendar: 'holidays', ics: ICS, mode: 'add' }, status: 200 },
  'GET /api/v1/calendars': { need: 'view', status: 200 },
  'POST /api/v1/calendars': { need: 'edit', body: { name: 'new' }, status: 201 },
  'GET /api/v1/calendars/{calendar}': { need: 'view', status: 200 },
  'PATCH /api/v1/calendars/{calendar}': { need: 'edit', body: { description: 'x' }, status: 200 },
  'DELETE /api/v1/calendars/{calendar}': { need: 'edit', status: 204 },
  'POST /api/v1/backfills': { need: 'operate', body: { ...BACKFILL, dryRun: true }, status: 200 },
  'GET /api/v1/backfills': { need: 'view', status: 200 },
  'GET /api/v1/backfills/{backfill}': { need: 'view', status: 200 },
  'PATCH /api/v1/backfills/{backfill}': { need: 'operate', body: { parallelism: 2 }, status: 200 },
  'GET /api/v1/backfills/{backfill}/items': { need: 'view', status: 200 },
  'GET /api/v1/backfills/{backfill}/acts': { need: 'view', status: 200 },
  'POST /api/v1/backfills/{backfill}/pause': { need: 'operate', status: 200 },
  'POST /api/v1/backfills/{backfill}/resume': {
    need: 'operate',
    status: 200,
    first: ['POST /api/v1/backfills/{backfill}/pause'],
  },
  // Nothing of it has failed.
  'POST /api/v1/backfills/{backfill}/retry': { need: 'operate', status: 409 },
  'POST /api/v1/backfills/{backfill}/cancel': { need: 'operate', status: 200 },
  [`GET ${OF_WORKFLOW}/triggers`]: { need: 'view', status: 200 },
  [`POST ${OF_WORKFLOW}/triggers`]: { need: 'edit', body: { name: 'new', config: HOOK }, status: 201 },
  'GET /api/v1/triggers': { need: 'view', status: 200 },
  'GET /api/v1/triggers/{trigger}': { need: 'view', status: 200 },
  'PATCH /api/v1/triggers/{trigger}': { need: 'edit', body: { description: 'x' }, status: 200 },
  'DELETE /api/v1/triggers/{trigger}': { need: 'edit', status: 204 },
  'GET /api/v1/triggers/{trigger}/firings': { need: 'view', status: 200 },
  'POST /api/v1/triggers/{trigger}/test': { need: 'operate', body: { body: { day: 'tue' } }, status: 200 },
  'POST /api/v1/triggers/{trigger}/online': { need: 'operate', status: 200 },
  'POST /api/v1/triggers/{trigger}/offline': { need: 'operate', status: 200 },
  'POST /api/v1/triggers/{trigger}/rotate-secret': { need: 'edit', body: {}, status: 200 },
  'POST /api/v1/hooks/{trigger}': { need: 'view', body: '{}', status: 202, isSigned: true },
};

const all = Object.entries(LINES);
const withToken = all.filter(([, { isSigned }]) => isSigned !== true);
const ofOne = all.filter(([name]) => name.includes('{'));

const NOTHING = { id: 'none', calendar: 'none', trigger: 'none', backfill: 'none', project: 'none', workflow: 'none' };

type Params = Readonly<Record<string, string>>;

describe('what works by itself', () => {
  let api: ApiBench;
  /** One of each, and a second project. */
  let there: Params;

  beforeEach(async () => {
    api = await openApi();
    await api.createWorkflow();
    await api.createWorkflow('other', { name: 'theirs', tasks: [{ name: 'a', type: 'noop' }] });
    const made = async (path: string, body: unknown, status = 201) =>
      read<{ id: string; backfill?: { id: string } }>(await api.send('POST', path, { body }), status);
    const own = '/api/v1/projects/etl/workflows/daily';
    const { id } = await made(`${own}/schedules`, { name: 'hourly', plan: PLAN, start: START });
    const calendar = await made('/api/v1/calendars', { name: 'holidays' });
    const trigger = await made(`${own}/triggers`, { name: 'orders', config: HOOK });
    const { backfill } = await made('/api/v1/backfills', BACKFILL, 200);
    const ids = { id, calendar: calendar.id, trigger: trigger.id, backfill: backfill!.id };
    there = { ...ids, project: 'etl', workflow: 'daily' };
  });

  async function ask(name: string, params: Params, token?: string): Promise<Response> {
    const [method, path] = name.split(' ') as [string, string];
    const { body } = LINES[name]!;
    const address = path.replaceAll(/\{(\w+)\}/g, (_, param: string) => encodeURIComponent(params[param]!));
    return api.send(method, address, { ...(body === undefined ? {} : { body }), ...(token && { token }) });
  }

  it('has a line here for every endpoint', async () => {
    const { paths } = await read<{ paths: Record<string, Record<string, { tags: string[] }>> }>(
      await api.send('GET', '/api/v1/openapi.json', { token: null }),
    );
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { tags }]) => tags.some((tag) => TAGS.includes(tag)))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(Object.keys(LINES).sort()).toEqual(described.sort());
  });

  it.each(withToken)('%s is for who may, and for nobody who may less', async (name, { need, status, first = [] }) => {
    const roles = rolesWith(need);
    const token = await api.addUser('bob', roles[0]!);
    for (const before of first) expect((await ask(before, there, token)).status).toBe(LINES[before]!.status);
    for (const role of (Object.keys(ROLES) as Role[]).filter((role) => !roles.includes(role))) {
      const lesser = await api.addUser(role, role);
      expect((await ask(name, there, lesser)).status).toBe(403);
      // Who may not is not told whether there is such a thing, either.
      expect((await ask(name, NOTHING, lesser)).status).toBe(403);
    }
    expect((await ask(name, there, token)).status).toBe(status);
  });

  it.each(withToken)('%s is not for a worker, nor for who was let in once', async (name) => {
    const make = async (path: string) =>
      read<{ id: string; token: string }>(await api.send('POST', path, { body: { name: 'x' } }), 201);
    const worker = await make('/api/v1/worker-tokens');
    const former = await make('/api/v1/tokens');
    await api.send('DELETE', `/api/v1/tokens/${former.id}`);
    for (const { token } of [worker, former]) expect((await ask(name, there, token)).status).toBe(401);
  });

  it('POST /api/v1/hooks/{trigger} takes nothing that is not signed, whoever sends it', async () => {
    const answers = await Promise.all([
      ask('POST /api/v1/hooks/{trigger}', there),
      ask('POST /api/v1/hooks/{trigger}', there, 'x'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });

  it.each(ofOne)('%s says that there is no such thing', async (name, { isSigned }) => {
    const kinds = [...name.matchAll(/\{(\w+)\}/g)].map(([, param]) => param!);
    const others = Object.values(there);
    for (const kind of kinds) {
      // Also by the id of a thing of another kind.
      for (const wrong of ['none', '%', ...others.filter((value) => value !== there[kind])]) {
        const answer = await ask(name, { ...there, [kind]: wrong });
        expect(`${wrong}: ${answer.status}`).toBe(`${wrong}: 404`);
        if (isSigned) continue;
        const { detail } = await read<ProblemView>(answer, 404);
        expect(detail).toMatch(/there is no|is not there/i);
      }
    }
  });

  it.each(ofOne.filter(([name]) => name.includes('{workflow}')))(
    '%s knows no workflow of another project',
    async (name) => {
      for (const params of [
        { project: 'other', workflow: 'daily' },
        { project: 'etl', workflow: 'theirs' },
      ]) {
        expect((await ask(name, { ...there, ...params })).status).toBe(404);
      }
    },
  );

  it.each(['schedules', 'backfills', 'triggers'])(
    'the list of %s of a project has nothing of another',
    async (list) => {
      const items = async (query: string) =>
        (await read<{ items: unknown[] }>(await api.send('GET', `/api/v1/${list}?${query}`))).items.length;
      expect([await items('project=etl'), await items('project=other')]).toEqual([1, 0]);
      expect((await api.send('GET', `/api/v1/${list}?project=none`)).status).toBe(404);
    },
  );

  it('a backfill takes no schedule of another workflow', async () => {
    const times = { kind: 'schedule', schedule: there.id, from: '2026-01-01', to: '2026-01-02' };
    const body = { project: 'other', workflow: 'theirs', times, dryRun: true };
    const { errors } = await read<ProblemView>(await api.send('POST', '/api/v1/backfills', { body }), 400);
    expect(errors).toMatchObject([{ path: 'times.schedule' }]);
  });
});
