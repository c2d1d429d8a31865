import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { describe, expect, it } from 'vitest';
import { createSignInAttempts } from './attempts.ts';
import { equalInConstantTime, fromBase64Url, randomSecret, toBase64Url } from './digest.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { checkSameOrigin } from './same-origin.ts';

const CHEAP = { logN: 4, r: 1, p: 1 };
const random = createSeededRandom(1);

describe('passwords', () => {
  it('knows the password it was given and no other', async () => {
    const hash = await hashPassword('correct horse', random, CHEAP);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('correct horsE', hash)).toBe(false);
    expect(hash).not.toContain('correct');
  });

  it('salts: the same password never has the same hash', async () => {
    expect(await hashPassword('correct horse', random, CHEAP)).not.toBe(
      await hashPassword('correct horse', random, CHEAP),
    );
  });

  it('treats composed and decomposed letters alike', async () => {
    const hash = await hashPassword('cafe\u0301 latte', random, CHEAP);
    expect(await verifyPassword('caf\u00e9 latte', hash)).toBe(true);
  });

  it('refuses short ones, and hashes it does not know', async () => {
    await expect(hashPassword('short', random, CHEAP)).rejects.toMatchObject({ code: 'bad_request' });
    expect(await verifyPassword('anything', 'md5$abc')).toBe(false);
  });
});

describe('secrets', () => {
  it('hold 256 bits and survive being text', () => {
    const secret = randomSecret(random);
    expect(fromBase64Url(secret)).toHaveLength(32);
    const bytes = Uint8Array.of(0, 255, 62, 63, 254);
    expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
  });

  it('are compared whole', () => {
    expect(equalInConstantTime('abc', 'abc')).toBe(true);
    expect(equalInConstantTime('abc', 'abd')).toBe(false);
    expect(equalInConstantTime('abc', 'abcd')).toBe(false);
  });
});

describe('sign-in attempts', () => {
  it('closes a name at an address after too many tries, and opens it again later', () => {
    const clock = createManualClock(1_000_000);
    const attempts = createSignInAttempts(clock);
    for (let i = 0; i < 8; i++) expect(attempts.begin('ann', '192.0.2.1')).toBe(0);
    expect(attempts.begin('ann', '192.0.2.1')).toBe(300_000);
    expect(attempts.begin('ANN', '192.0.2.1')).toBeGreaterThan(0);
    expect(attempts.begin('ann', '192.0.2.2')).toBe(0);
    clock.set(1_300_001);
    expect(attempts.begin('ann', '192.0.2.1')).toBe(0);
  });

  it('closes an address that tries many names, and a name tried from many addresses', () => {
    const attempts = createSignInAttempts(createManualClock(0));
    for (let i = 0; i < 40; i++) expect(attempts.begin(`name${i}`, '192.0.2.1')).toBe(0);
    expect(attempts.begin('another', '192.0.2.1')).toBeGreaterThan(0);
    for (let i = 0; i < 100; i++) expect(attempts.begin('bob', `198.51.100.${i}`)).toBe(0);
    expect(attempts.begin('bob', '203.0.113.1')).toBeGreaterThan(0);
  });

  it('forgets the tries of who signed in', () => {
    const attempts = createSignInAttempts(createManualClock(0));
    for (let i = 0; i < 30; i++) {
      expect(attempts.begin('ann', '192.0.2.1')).toBe(0);
      attempts.succeeded('ann', '192.0.2.1');
    }
  });

  it('is not locked for ever by a clock that steps back', () => {
    const clock = createManualClock(10_000_000);
    const attempts = createSignInAttempts(clock);
    for (let i = 0; i < 8; i++) attempts.begin('ann', '192.0.2.1');
    clock.set(0);
    expect(attempts.begin('ann', '192.0.2.1')).toBe(0);
  });
});

describe('checkSameOrigin', () => {
  const check = (
    headers: Record<string, string>,
    change: { method?: string; required?: boolean; trustProxy?: boolean } = {},
  ) =>
    checkSameOrigin(new Request('http://vaquita.test/api/v1/projects', { method: change.method ?? 'POST', headers }), {
      trustProxy: change.trustProxy ?? false,
      required: change.required ?? true,
    });

  it('lets the own page through', () => {
    check({ 'sec-fetch-site': 'same-origin', origin: 'http://vaquita.test' });
    check({ origin: 'http://vaquita.test' });
    check({ origin: 'https://front.example', 'x-forwarded-host': 'front.example' }, { trustProxy: true });
  });

  it.each([
    { 'sec-fetch-site': 'cross-site', origin: 'http://vaquita.test' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://evil.example' },
    { origin: 'http://vaquita.test.evil.example' },
    { origin: 'null' },
    { origin: 'https://front.example', 'x-forwarded-host': 'front.example' },
    {},
  ])('stops %o', (headers) => {
    expect(() => check(headers as Record<string, string>)).toThrow(/cookie/);
  });

  it('leaves reading alone, and asks for no origin where none is required', () => {
    check({}, { method: 'GET' });
    check({}, { required: false });
  });
});
