import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import plugin from './issue-journal.js';

/** Comments of the one issue of a repository, as the API of the hosts keeps them. */
let comments = [];
let asked = [];
let failing = 0;
const server = createServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  asked.push(`${request.method} ${request.url.split('?')[0]}`);
  const isKnown = request.headers.authorization === 'Bearer secret';
  if (request.method === 'POST' && isKnown) comments.push(JSON.parse(text));
  if (failing > 0) {
    failing -= 1;
    return response.writeHead(502).end();
  }
  response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(request.method === 'POST' ? {} : comments));
});

before(() => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => server.close());
beforeEach(() => {
  comments = [];
  asked = [];
  failing = 0;
});

function hear(changes = {}, token = 'secret') {
  const { port } = server.address();
  const event = {
    id: 'event-1',
    seq: 1,
    type: 'workflow.failed',
    version: 1,
    time: Date.UTC(2026, 10, 21),
    project: { id: 'p', name: 'shop' },
    subject: 'workflow/orders/run/12',
    data: { state: 'failure', reason: { code: 'task_failed', text: 'load: exit code 2\n@everyone' } },
    ...changes,
  };
  const settings = { api: `http://127.0.0.1:${port}`, repository: 'team/ops', issue: 7, token };
  const instance = { id: 'i', name: 'journal' };
  const { signal } = new AbortController();
  return plugin.onEvent(event, { settings, instance, signal, state: new Map(), log: () => {} });
}

test('a failed run becomes a comment', async () => {
  await hear();
  assert.deepEqual(asked, ['GET /repos/team/ops/issues/7/comments', 'POST /repos/team/ops/issues/7/comments']);
  assert.match(comments[0].body, /`workflow\/orders\/run\/12`\*\* ended with `failure`/);
  assert.match(comments[0].body, /\n {4}load: exit code 2\n {4}@everyone/);
});

test('an event that comes again is not written again, even when the answer was lost', async () => {
  await hear();
  await hear();
  assert.equal(comments.length, 1);
  await hear({ id: 'event-2', data: { state: 'stopped', reason: null } });
  assert.equal(comments.length, 2);
});

test('what the other side does not take is an error, so that the event comes again', async () => {
  failing = 1;
  await assert.rejects(hear(), /answers 502 to GET/);
  await assert.rejects(hear({}, 'wrong'), (error) => /401/.test(error.message) && !error.message.includes('wrong'));
  assert.equal(comments.length, 0);
});

test('other events are none of its business', async () => {
  await hear({ type: 'workflow.ended' });
  assert.deepEqual(asked, []);
});
