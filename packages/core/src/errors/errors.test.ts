import { describe, expect, it } from 'vitest';
import { AppError, toAppError } from './app-error.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { closestName, didYouMean } from './did-you-mean.ts';

describe('the table of error codes', () => {
  it.each(Object.entries(ERROR_CODES))('%s has a usable status, title and name', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(entry.title.length).toBeGreaterThan(3);
    // What the caller did wrong stays wrong when it is sent again, except that too much may fit later.
    if (entry.status < 500) expect(entry.retryable).toBe(code === 'too_many_requests');
  });

  it('gives an AppError its status and its retry rule', () => {
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      const error = new AppError(code, 'x');
      expect([error.status, error.retryable]).toEqual([ERROR_CODES[code].status, ERROR_CODES[code].retryable]);
    }
  });
});

describe('toAppError', () => {
  it('leaves an AppError alone', () => {
    const error = new AppError('conflict', 'no', { problems: [{ path: 'a', message: 'b' }] });
    expect(toAppError(error)).toBe(error);
  });

  it('keeps the cause and the message of anything else', () => {
    const cause = new TypeError('boom');
    const error = toAppError(cause);
    expect([error.code, error.message, error.cause]).toEqual(['internal', 'boom', cause]);
    expect(toAppError('text', 'unavailable')).toMatchObject({ code: 'unavailable', message: 'text', cause: 'text' });
    expect(toAppError(null).message).toBe('null');
  });
});

describe('didYouMean', () => {
  const known = ['script', 'timeout', 'dependsOn', 'retry'];

  it.each([
    ['scirpt', 'script'],
    ['dependson', 'dependsOn'],
    ['dependOn', 'dependsOn'],
    ['rerty', 'retry'],
    ['timeuot', 'timeout'],
  ])('%s → %s', (word, name) => {
    expect(didYouMean(word, known)).toBe(` Did you mean "${name}"?`);
  });

  it('is silent when nothing is near, or the word is very long', () => {
    expect(closestName('banana', known)).toBeUndefined();
    expect(didYouMean('x'.repeat(10_000), ['x'.repeat(10_001)])).toBe('');
  });
});
