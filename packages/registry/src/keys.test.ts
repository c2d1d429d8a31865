import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDataKey, checkLockKey, checkPath, childSegment, isAtOrUnder, isUnder, rangeUnder } from './keys.ts';

const segment = fc.string({ minLength: 1, maxLength: 5 }).filter((text) => /^[^/\p{Cc}]+$/u.test(text));
const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
const path = fc.oneof(fc.constant('/'), key);

describe('keys', () => {
  test.each(['/a', '/a/b', '/ä/🐄', '/a b/c:8080', '/locks', '/nodes/lock'])('%j holds data', (good) => {
    expect(checkDataKey(good)).toBe(good);
    expect(checkPath(good)).toBe(good);
  });

  test.each(['', '/', 'a', 'a/b', '/a/', '//a', '/a//b', '/a\n', '/a\0b', `/${'x'.repeat(512)}`])(
    '%j is none',
    (bad) => {
      expect(() => checkDataKey(bad)).toThrow(expect.objectContaining({ code: 'bad_request' }));
      expect(() => checkLockKey(bad)).toThrow(expect.objectContaining({ code: 'bad_request' }));
      if (bad !== '/') expect(() => checkPath(bad)).toThrow(expect.objectContaining({ code: 'bad_request' }));
    },
  );

  test('names of locks and of data are apart', () => {
    expect(checkLockKey('/lock/leader')).toBe('/lock/leader');
    expect(() => checkLockKey('/locks/leader')).toThrow();
    for (const lock of ['/lock', '/lock/leader']) expect(() => checkDataKey(lock)).toThrow();
    expect(checkPath('/lock')).toBe('/lock');
  });

  test('a path ends at a slash', () => {
    expect(isUnder('/a', '/a/b')).toBe(true);
    expect(isUnder('/a', '/ab')).toBe(false);
    expect(isUnder('/a', '/a')).toBe(false);
    expect(isAtOrUnder('/a', '/a')).toBe(true);
    expect(isUnder('/', '/a')).toBe(true);
  });

  test('what is under a path lies in its range of text, and nothing else does', () => {
    fc.assert(
      fc.property(path, key, (above, one) => {
        const [from, before] = rangeUnder(above);
        // Compared by bytes, as databases do.
        const bytes = (text: string) => Buffer.from(text);
        const isIn = Buffer.compare(bytes(one), bytes(from)) >= 0 && Buffer.compare(bytes(one), bytes(before)) < 0;
        expect(isIn).toBe(isUnder(above, one));
      }),
    );
  });

  test('the next part of a key leads on to it', () => {
    fc.assert(
      fc.property(path, key, (above, below) => {
        const stem = above === '/' ? '' : above;
        const whole = `${stem}${below}`;
        const child = childSegment(above, whole);
        expect(child).not.toContain('/');
        expect(isAtOrUnder(`${stem}/${child}`, whole)).toBe(true);
      }),
    );
  });
});
