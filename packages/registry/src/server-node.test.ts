import { expect, it } from 'vitest';
import { formatServerNode, parseServerNode, serverNodeKey, serverOfKey } from './server-node.ts';

const NODE = {
  name: 'rack:8080',
  url: 'https://vaquita.example.org',
  version: '0.1.0',
  startedAt: '2026-03-01T11:00:00.000Z',
};

it.each([NODE, { ...NODE, url: null }, { ...NODE, clockAheadMs: -3, publicKey: 'abc' }])(
  'reads what a server says of itself: %j',
  (node) => {
    expect(parseServerNode(formatServerNode(node))).toEqual(node);
  },
);

it('passes over what servers of another version say beside', () => {
  expect(parseServerNode(JSON.stringify({ ...NODE, region: 'eu', clockAheadMs: 'much' }))).toEqual(NODE);
});

it.each(['', 'null', '[]', '7', '{', '{}', '{"name":"rack"}', JSON.stringify({ ...NODE, url: 7 })])(
  'takes %j for nothing that a server says',
  (value) => {
    expect(parseServerNode(value)).toBeUndefined();
  },
);

it('knows keys of servers from others', () => {
  expect(serverOfKey(serverNodeKey('s1'))).toBe('s1');
  for (const key of [
    '/nodes/server',
    '/nodes/server/',
    '/nodes/server/s1/x',
    '/nodes/servers/s1',
    '/nodes/worker/a/w1',
  ])
    expect(serverOfKey(key)).toBeUndefined();
});
