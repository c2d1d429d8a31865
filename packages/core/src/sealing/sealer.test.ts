import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeededRandom } from '../testing/seeded-random.ts';
import { createRefusingSealer, createSealer } from './sealer.ts';
import { formatSecretKey, readSecretKey } from './secret-key.ts';

const random = createSeededRandom(3);
const key = (fill: number) => new Uint8Array(32).fill(fill);
const sealer = createSealer(key(1), random);
const TEXT = '{"url":"https://hooks.example/T0/secret"}';

test('what was sealed opens again, and shows nothing of the text meanwhile', async () => {
  const sealed = await sealer.seal('row-1', TEXT);
  expect(sealed).toMatch(/^s1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/);
  expect(atob(sealed.split('.')[3]!.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain('hooks');
  expect(await sealer.open('row-1', sealed)).toBe(TEXT);
  expect(await createSealer(key(1), random).open('row-1', sealed)).toBe(TEXT);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      expect(await sealer.open('a', await sealer.seal('a', text))).toBe(text);
    }),
    { numRuns: 30 },
  );
});

test('K1: a sealed text is of its row only', async () => {
  const sealed = await sealer.seal('row-1', TEXT);
  await expect(sealer.open('row-2', sealed)).rejects.toMatchObject({ code: 'internal' });
});

test('K2: another key is named as that, with what to do', async () => {
  const sealed = await sealer.seal('row-1', TEXT);
  await expect(createSealer(key(2), random).open('row-1', sealed)).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringContaining('VAQUITA_SECRET_KEY'),
  });
});

test('K2: whatever is changed about a sealed text, it does not open', async () => {
  const sealed = await sealer.seal('row-1', TEXT);
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), fc.constantFrom(...'AZ09-_.{'), async (at, char) => {
      const changed = sealed.slice(0, at) + char + sealed.slice(at + 1);
      // The last character of a base64 text may carry bits that say nothing.
      fc.pre(changed !== sealed && at < sealed.length - 1);
      await expect(sealer.open('row-1', changed)).rejects.toThrow();
    }),
  );
  for (const text of ['', 's1', 's1.a.b', 'plain', `${sealed}.x`, TEXT]) {
    await expect(sealer.open('row-1', text), text).rejects.toMatchObject({ code: 'internal' });
  }
});

test('K3: the same text is never sealed the same way twice', async () => {
  expect(await sealer.seal('row-1', TEXT)).not.toBe(await sealer.seal('row-1', TEXT));
});

test('without a key it says what is missing', async () => {
  const none = createRefusingSealer('Set VAQUITA_SECRET_KEY.');
  await expect(none.seal('a', 'b')).rejects.toMatchObject({ code: 'bad_settings', message: 'Set VAQUITA_SECRET_KEY.' });
  await expect(none.open('a', 'b')).rejects.toMatchObject({ code: 'bad_settings' });
  expect(() => createSealer(key(1).slice(1), random)).toThrow(/32 bytes/);
});

test('a key is read from base64, base64url and hex, and from nothing else', () => {
  const bytes = random.bytes(32);
  const base64 = formatSecretKey(bytes);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const url = base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  for (const text of [base64, hex, hex.toUpperCase(), url, ` ${base64}\n`]) expect(readSecretKey(text)).toEqual(bytes);
  for (const text of ['', 'password', 'x'.repeat(44), hex.slice(2), `${base64}AAAA`, '=', 'ü'.repeat(32)]) {
    expect(readSecretKey(text), text).toBeNull();
  }
});
