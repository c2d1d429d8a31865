/** Servers that speak with each other over requests that a test carries from one to the other. */
import type { ServerId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import type { ServerState } from '@vaquita/registry';
import { expect, test } from 'vitest';
import { HINTS_PATH, type Hint, SIGNATURE_HEADER } from './hints.ts';
import { createPeers, type Peers } from './peers.ts';
import { createSigner, type Signer } from './signing.ts';

interface Machine {
  readonly peers: Peers;
  readonly signer: Signer;
  readonly heard: Hint[];
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function openServers(...ids: string[]) {
  const clock = createManualClock();
  const machines = new Map<string, Machine>();
  const states = new Map<string, ServerState>();
  const requests: Request[] = [];
  let looks = 0;

  async function carry(url: string | URL | Request, init?: RequestInit): Promise<Response> {
    const body = String(init?.body);
    const headers = { ...(init?.headers as Record<string, string>), 'content-length': String(body.length) };
    const request = new Request(url, { ...init, headers, signal: null });
    requests.push(request.clone());
    return ask(new URL(request.url).hostname, request);
  }

  async function ask(id: string, request: Request): Promise<Response> {
    const answer = await machines.get(id)?.peers.answer(request);
    if (answer === undefined) throw new Error(`${id} is not there`);
    return answer;
  }

  async function start(id: string): Promise<Machine> {
    const signer = await createSigner();
    const state = { name: id, url: `http://${id}`, version: '1', startedAt: '', publicKey: signer.publicKey };
    states.set(id, { ...state, id: id as ServerId, expiresInMs: 1_000, epoch: null });
    const heard: Hint[] = [];
    const peers = createPeers({
      ...{ selfId: id, signer, clock, log: quiet, fetch: carry as typeof fetch },
      cluster: {
        async servers() {
          looks += 1;
          return [...states.values()];
        },
      },
      heard: (hint) => void heard.push(hint),
    });
    const machine = { peers, signer, heard };
    machines.set(id, machine);
    return machine;
  }

  const all = await Promise.all(ids.map(start));
  for (const { peers } of all) await peers.refresh();

  function post(to: string, message: object, headers: Readonly<Record<string, string>>): Promise<Response> {
    const body = JSON.stringify(message);
    const init = { method: 'POST', body, headers: { 'content-length': String(body.length), ...headers } };
    return ask(to, new Request(`http://${to}${HINTS_PATH}`, init));
  }

  return { clock, all, states, machines, requests, start, ask, post, looks: () => looks };
}

test('what one tells, all others hear, and it does not', async () => {
  const { all } = await openServers('a', 'b', 'c');
  const [a, b, c] = all as [Machine, Machine, Machine];
  a.peers.tell('commands');
  await a.peers.settled();
  expect([a.heard, b.heard, c.heard]).toEqual([[], ['commands'], ['commands']]);
});

test('one that has just come is heard before anybody has been told of it', async () => {
  const { all, start } = await openServers('a');
  const b = await start('b');
  await b.peers.refresh();
  b.peers.tell('lease');
  await b.peers.settled();
  expect(all[0]!.heard).toEqual(['lease']);
});

test('one that does not say where it is is told nothing, and may tell', async () => {
  const { all, states } = await openServers('a', 'b');
  const [a, b] = all as [Machine, Machine];
  states.set('b', { ...states.get('b')!, url: null });
  await a.peers.refresh();
  a.peers.tell('commands');
  b.peers.tell('commands');
  await Promise.all([a.peers.settled(), b.peers.settled()]);
  expect([a.heard, b.heard]).toEqual([['commands'], []]);
});

test('one that comes while the others are being read is known when it has been told of', async () => {
  const { all, states } = await openServers('a', 'b');
  const [a, b] = all as [Machine, Machine];
  const state = states.get('b')!;
  states.delete('b');
  const before = a.peers.refresh();
  states.set('b', state);
  await Promise.all([before, a.peers.refresh()]);
  a.peers.tell('commands');
  await a.peers.settled();
  expect(b.heard).toEqual(['commands']);
});

test('what was overheard is good for nothing (D1, D2)', async () => {
  const { all, ask, requests } = await openServers('a', 'b', 'c');
  all[0]!.peers.tell('lease');
  await all[0]!.peers.settled();
  const toB = requests.find(({ url }) => url.startsWith('http://b'))!;
  expect((await ask('b', toB.clone())).status).toBe(403);
  expect((await ask('c', toB.clone())).status).toBe(403);
  expect(all.map(({ heard }) => heard)).toEqual([[], ['lease'], ['lease']]);
});

test('whoever is not in the registry, or signs with another key, is not heard (D1), and costs next to nothing (D3)', async () => {
  const { all, post, looks, clock } = await openServers('a', 'b');
  const message = (from: string, seq = 100) => ({ from, to: 'a', seq, hints: ['lease'] });
  const stranger = await createSigner();
  const before = looks();
  for (let i = 0; i < 20; i++) {
    const sent = message(`stranger-${i}`);
    expect((await post('a', sent, { [SIGNATURE_HEADER]: await stranger.sign(JSON.stringify(sent)) })).status).toBe(403);
  }
  expect(looks() - before).toBe(1);
  const forged = message('b');
  for (const signature of [await stranger.sign(JSON.stringify(forged)), 'no base64!', '']) {
    expect((await post('a', forged, { [SIGNATURE_HEADER]: signature })).status).toBe(403);
  }
  const changed = { [SIGNATURE_HEADER]: await all[1]!.signer.sign(JSON.stringify(message('b', 99))) };
  expect((await post('a', message('b'), changed)).status).toBe(403);
  expect(all[0]!.heard).toEqual([]);
  await clock.advance(1_000);
  await post('a', message('stranger'), {});
  expect(looks() - before).toBe(2);
});

test.each([
  ['too long', { to: 'a', from: 'b', seq: 1, hints: ['x'.repeat(5_000)] }, 413],
  ['no message', { to: 'a' }, 400],
  ['to somebody else', { to: 'b', from: 'b', seq: 1, hints: [] }, 403],
])('a request that is %s is refused', async (_, message, status) => {
  const { post } = await openServers('a', 'b');
  expect((await post('a', message, {})).status).toBe(status);
});

test('a hint of a newer version is passed over', async () => {
  const { all, post } = await openServers('a', 'b');
  const message = { from: 'b', to: 'a', seq: 1, hints: ['workers', 'somethingNew'] };
  const signature = await all[1]!.signer.sign(JSON.stringify(message));
  expect((await post('a', message, { [SIGNATURE_HEADER]: signature })).status).toBe(204);
  expect(all[0]!.heard).toEqual(['workers']);
});
