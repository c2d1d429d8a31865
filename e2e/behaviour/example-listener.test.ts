/** The listener of `examples/issue-journal`: its own tests, and how it fares where the server runs it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ListenerInstanceId, ProjectId } from '@vaquita/core';
import { createListenerHost, systemClock } from '@vaquita/runtime/node/server';
import { serve } from '@vaquita/runtime/testing';
import { afterAll, expect, test } from 'vitest';
import { createScratch } from '../support/scratch.ts';
import { REPO } from '../support/server.ts';

const PACKAGE = join(REPO, 'examples/issue-journal');
const code = readFileSync(join(PACKAGE, 'issue-journal.js'), 'utf8');

const scratch = createScratch();
afterAll(() => scratch[Symbol.dispose]());

function openHost() {
  const builtin = { names: [], module: '', exported: '', options: null };
  return createListenerHost({ clock: systemClock, folder: scratch.path('listener-processes'), builtin });
}

test('its own tests pass', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--test'], { cwd: PACKAGE });
  expect(stdout).toMatch(/pass 4\b/);
});

test('it is what a plugin must be', async () => {
  expect(await openHost().inspect(code)).toMatchObject({ ok: true, name: 'issue-journal', version: '1.0.0' });
});

test('a server runs it apart from itself, and an event whose answer was lost is written once', async () => {
  const comments: { body: string }[] = [];
  let lost = 1;
  const { port, seen } = await serve((request, response) => {
    if (request.method === 'GET') return response.end(JSON.stringify(comments));
    comments.push(JSON.parse(seen.at(-1)!.body));
    lost -= 1;
    if (lost >= 0) return response.socket!.destroy();
    response.writeHead(201).end('{}');
  });
  const host = openHost();
  const id = 'journal' as ListenerInstanceId;
  const listener = host.use({
    instance: { id, name: 'journal' },
    plugin: { kind: 'foreign', name: 'issue-journal', code },
    settings: { api: `http://127.0.0.1:${port}`, repository: 'team/ops', issue: 7, token: 'secret' },
  });
  const event = {
    id: 'event-1',
    seq: 1,
    type: 'workflow.failed',
    version: 1,
    time: Date.UTC(2026, 10, 21),
    project: { id: 'p' as ProjectId, name: 'shop' },
    subject: 'workflow/orders/run/12',
    data: { state: 'failure', reason: { code: 'task_failed', text: 'load: exit code 2' } },
  } as const;
  expect(await listener.deliver(event, 60_000)).toMatchObject({ ok: false, failure: 'failed' });
  expect(await listener.deliver(event, 60_000)).toEqual({ ok: true });
  expect(await listener.deliver({ ...event, id: 'event-2', seq: 2 }, 60_000)).toEqual({ ok: true });
  expect(comments.map(({ body }) => /vaquita (event-\d)/.exec(body)?.[1])).toEqual(['event-1', 'event-2']);
  await expect
    .poll(() => host.log(id).map(({ text }) => text))
    .toContain('workflow/orders/run/12 is in the journal already');
  await listener.stop();
});
