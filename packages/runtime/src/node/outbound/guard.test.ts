import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGuard } from './guard.ts';
import { limitLookups } from './name-lookups.ts';

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.'));
const answer =
  (...addresses: string[]) =>
  async (): Promise<LookupAddress[]> =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

test('O2: one address inside is enough to refuse a name', async () => {
  expect(await createGuard([], answer('1.1.1.1', '2606:4700::1111')).check('a.test')).toMatchObject({ ok: true });
  for (const inside of ['10.0.0.1', '::1', '::ffff:192.168.0.1', 'fe80::1%eth0']) {
    expect(await createGuard([], answer('1.1.1.1', inside)).check('a.test')).toMatchObject({ failure: 'refused' });
  }
  expect(await createGuard([], answer()).check('a.test')).toMatchObject({ failure: 'network' });
});

test('O3: a range lets through what lies in it, in every form, and nothing beside it', async () => {
  const guard = createGuard(['10.2.0.0/16', 'fd00:1::/32', '192.168.7.7'], answer());
  const seen = async (host: string) => (await guard.check(host)).ok;
  await fc.assert(
    fc.asyncProperty(fc.nat(255), fc.nat(255), fc.nat(255), async (second, c, d) => {
      const text = `10.${second}.${c}.${d}`;
      expect(await seen(text)).toBe(second === 2);
      expect(await seen(`::ffff:${text}`)).toBe(second === 2);
    }),
  );
  await fc.assert(
    fc.asyncProperty(octets, async (text) => {
      // What is public is let through with and without the list.
      expect((await createGuard([], answer()).check(text)).ok && !(await seen(text))).toBe(false);
    }),
  );
  expect(await seen('fd00:1::7')).toBe(true);
  expect(await seen('fd00:2::7')).toBe(false);
  expect(await seen('192.168.7.7')).toBe(true);
  expect(await seen('192.168.7.8')).toBe(false);
});

test('O3: a name lets through itself, a starred one what is below it', async () => {
  const guard = createGuard(['mail.corp.example', '*.lab.example'], answer('10.0.0.1'));
  const seen = async (host: string) => (await guard.check(host)).ok;
  for (const host of [
    'mail.corp.example',
    'MAIL.corp.example',
    'mail.corp.example.',
    'a.lab.example',
    'a.b.lab.example',
  ]) {
    expect(await seen(host), host).toBe(true);
  }
  for (const host of [
    'x.mail.corp.example',
    'corp.example',
    'lab.example',
    'evil-lab.example',
    'mail.corp.example.evil',
  ]) {
    expect(await seen(host), host).toBe(false);
  }
});

test('a list with something else in it is not taken', () => {
  for (const entry of ['10.0.0.0/40', 'http://a.example', '*', 'a b', '10.0.0', '*.']) {
    expect(() => createGuard([entry]), entry).toThrow(expect.objectContaining({ code: 'bad_settings' }));
  }
  expect(() => createGuard(['', ' localhost ', '0.0.0.0/0', '::/0'])).not.toThrow();
});

test('only a few names are looked up at once, the same name once, and a failure is not kept', async () => {
  const asked: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<LookupAddress[]>>();
  const lookUp = limitLookups((host) => {
    asked.push(host);
    const open = Promise.withResolvers<LookupAddress[]>();
    answers.set(host, open);
    return open.promise;
  }, 2);
  const all = ['a', 'b', 'a', 'c', 'd'].map((host) => lookUp(host).catch((error: Error) => error.message));
  await Promise.resolve();
  expect(asked).toEqual(['a', 'b']);
  answers.get('a')!.reject(new Error('no'));
  await expect.poll(() => asked).toEqual(['a', 'b', 'c']);
  answers.get('b')!.resolve([]);
  await expect.poll(() => asked).toEqual(['a', 'b', 'c', 'd']);
  for (const host of ['c', 'd']) answers.get(host)!.resolve([]);
  expect(await Promise.all(all)).toEqual(['no', [], 'no', [], []]);
  const again = lookUp('a');
  expect(asked).toHaveLength(5);
  answers.get('a')!.resolve([{ address: '1.1.1.1', family: 4 }]);
  expect(await again).toHaveLength(1);
});
