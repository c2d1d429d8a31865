import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { newHookSecret, rotateSecrets, secretsInForce } from './hook-secret.ts';
import { deliveryKey, isSignedWith, isTimely, parseGithubSignature, parseHookSignature } from './hook-signature.ts';

const SECRET = 'whsec_abc';
const bytes = (text: string) => new TextEncoder().encode(text);
const mac = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');
const signed = (header: string) => {
  const parsed = parseHookSignature(header);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

test('a delivery that is signed as another implementation of HMAC signs it is taken', async () => {
  const header = `t=1700000000,v1=${mac('1700000000.{"a":1}')}`;
  expect(await isSignedWith(signed(header), bytes('{"a":1}'), [SECRET])).toBe(true);
  expect(
    await isSignedWith(signed(header.toUpperCase().replace('T=', 't=').replace('V1', 'v1')), bytes('{"a":1}'), [
      SECRET,
    ]),
  ).toBe(true);
});

test.each([
  ['another body', 't=1700000000', '1700000000.{"a":1}', '{"a":2}', SECRET],
  ['another time', 't=1700000001', '1700000000.{"a":1}', '{"a":1}', SECRET],
  ['another secret', 't=1700000000', '1700000000.{"a":1}', '{"a":1}', 'whsec_abd'],
  ['an empty body in its place', 't=1700000000', '1700000000.{"a":1}', '', SECRET],
])('%s is refused', async (_what, time, text, body, secret) => {
  expect(await isSignedWith(signed(`${time},v1=${mac(text, secret)}`), bytes(body), [SECRET])).toBe(false);
});

test('one right signature is enough, and one right secret', async () => {
  const right = mac('5.x');
  const header = signed(`t=5, v1=${'0'.repeat(64)}, v1=${right}`);
  expect(await isSignedWith(header, bytes('x'), ['other', SECRET])).toBe(true);
  expect(await isSignedWith(header, bytes('x'), ['other'])).toBe(false);
  expect(await isSignedWith(header, bytes('x'), [])).toBe(false);
});

test.each([
  '',
  'garbage',
  't=5',
  `v1=${'a'.repeat(64)}`,
  `t=,v1=${'a'.repeat(64)}`,
  `t=-5,v1=${'a'.repeat(64)}`,
  `t=5.5,v1=${'a'.repeat(64)}`,
  `t=1e9,v1=${'a'.repeat(64)}`,
  `t=5,t=6,v1=${'a'.repeat(64)}`,
  `t=5,v1=${'a'.repeat(63)}`,
  `t=5,v1=${'g'.repeat(64)}`,
  `t=5,v2=${'a'.repeat(64)}`,
  `t=5,v1=${'a'.repeat(64)}${','.repeat(1_000)}`,
])('“%s” is no signature', (header) => {
  expect(parseHookSignature(header)).toEqual({ problem: expect.any(String) });
});

test('GitHub signs the body alone', async () => {
  const parsed = parseGithubSignature(`sha256=${mac('{"zen":1}')}`);
  if ('problem' in parsed) throw new Error(parsed.problem);
  expect(parsed.timestamp).toBeNull();
  expect(await isSignedWith(parsed, bytes('{"zen":1}'), [SECRET])).toBe(true);
  expect(await isSignedWith(parsed, bytes('{"zen":2}'), [SECRET])).toBe(false);
  for (const wrong of ['', 'sha1=abc', mac('x'), 'sha256=xyz'])
    expect(parseGithubSignature(wrong)).toHaveProperty('problem');
});

test('H2: a delivery of ours that is sent again as one of GitHub’s has the same key', async () => {
  const ours = await deliveryKey('1700000000', bytes('{"a":1}'));
  expect(await deliveryKey(null, bytes('1700000000.{"a":1}'))).toBe(ours);
  expect(await deliveryKey('1700000001', bytes('{"a":1}'))).not.toBe(ours);
});

test('a time may be off by the tolerance, either way', () => {
  const now = 1_700_000_000_000;
  for (const [seconds, timely] of [
    [0, true],
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
  ] as const) {
    expect(isTimely(String(1_700_000_000 + seconds), 300_000, now), String(seconds)).toBe(timely);
  }
  expect(isTimely('999999999999', 300_000, now)).toBe(false);
});

test('a secret that was replaced is in force for as long as was asked', () => {
  const random = { bytes: (length: number) => new Uint8Array(length).fill(10) };
  expect(newHookSecret(random)).toBe(`whsec_${'0a'.repeat(32)}`);
  const first = { current: 'one', previous: null };
  const kept = rotateSecrets(first, { secret: 'two', keepOldMs: 1_000 }, 5_000);
  expect(secretsInForce(kept, 5_999)).toEqual(['two', 'one']);
  expect(secretsInForce(kept, 6_000)).toEqual(['two']);
  expect(secretsInForce(rotateSecrets(first, { secret: 'two', keepOldMs: 0 }, 5_000), 5_000)).toEqual(['two']);
  expect(secretsInForce(rotateSecrets(kept, { secret: 'three', keepOldMs: 1_000 }, 5_500), 5_600)).toEqual([
    'three',
    'two',
  ]);
});
