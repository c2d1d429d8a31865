import { expect, test } from 'vitest';
import { createRedirectRule } from './redirects.ts';

const at = (address: string) => `${address}/api/v1/worker/socket`;
const LIST = [at('wss://one.example'), at('wss://two.example:8443'), at('ws://10.0.0.5:8080')];
const rule = createRedirectRule(LIST, ['leader.internal', '*.vaquita.internal']);
const [TLS, PLAIN] = [LIST[0]!, LIST[2]!];

test.each([
  [TLS, LIST[1]!, LIST[1]],
  [TLS, 'https://one.example:9443', at('wss://one.example:9443')],
  [TLS, 'https://LEADER.internal', at('wss://leader.internal')],
  [TLS, 'https://b.vaquita.internal/base', at('wss://b.vaquita.internal/base')],
  [PLAIN, 'http://10.0.0.5:8081', at('ws://10.0.0.5:8081')],
  [PLAIN, 'http://leader.internal', at('ws://leader.internal')],
  [PLAIN, 'https://10.0.0.5', at('wss://10.0.0.5')],
])('%s may send to %s (D1)', (from, to, url) => {
  expect(rule(from, to)).toEqual({ url });
});

test('what the operator has written into the list may be reached as it is written (D2)', () => {
  expect(rule(TLS, PLAIN)).toEqual({ url: PLAIN });
});

test.each([
  [TLS, 'https://evil.example', /--trust-host/],
  [TLS, 'https://one.example.evil.example', /--trust-host/],
  [TLS, 'https://vaquita.internal', /--trust-host/],
  [TLS, 'https://evil.example/?one.example', /--trust-host/],
  [TLS, 'https://one.example@evil.example', /--trust-host/],
  [TLS, 'http://one.example', /TLS/],
  [TLS, 'http://leader.internal', /TLS/],
  [PLAIN, 'http://one.example', /--trust-host/],
  [PLAIN, 'file:///etc/passwd', /no address/],
  [PLAIN, 'not an address', /no address/],
])('%s may not send to %s (D1, D2)', (from, to, why) => {
  expect(rule(from, to)).toEqual({ why: expect.stringMatching(why) });
});

test('the worker of the server itself goes where it says', () => {
  const own = createRedirectRule([at('ws://127.0.0.1:8080')], 'any');
  expect(own(at('ws://127.0.0.1:8080'), 'http://other:8080')).toEqual({ url: at('ws://other:8080') });
});
