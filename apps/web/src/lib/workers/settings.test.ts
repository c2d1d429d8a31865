import type { WorkerView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { changeOf, settingsOf, verbsFor } from './settings.ts';

const own = { slots: 4, labels: { zone: 'a' }, weight: 1 };
const worker = { ...own, own, logLevel: null } as unknown as WorkerView;
const EMPTY = { slots: null, weight: null, labels: '', logLevel: '' };

describe('the form of a worker', () => {
  it('is empty where the worker is as it was started, and asks for just that', () => {
    expect(settingsOf(worker)).toEqual(EMPTY);
    expect(changeOf(EMPTY)).toEqual({ slots: null, weight: null, labels: null, logLevel: null });
  });

  it('holds what has been changed, and gives it back unchanged', () => {
    const changed = { ...worker, slots: 8, weight: 2.5, labels: { b: 'x=y', a: '' }, logLevel: 'debug' as const };
    const settings = settingsOf(changed);
    expect(settings).toEqual({ slots: 8, weight: 2.5, labels: 'a=\nb=x=y', logLevel: 'debug' });
    expect(changeOf(settings)).toEqual({ slots: 8, weight: 2.5, labels: { a: '', b: 'x=y' }, logLevel: 'debug' });
  });

  it('names the line that is no label', () => {
    expect(changeOf({ ...EMPTY, labels: 'zone=a\n\n gpu \n' })).toEqual({ wrong: 'gpu' });
    expect(changeOf({ ...EMPTY, labels: '=x' })).toEqual({ wrong: '=x' });
  });
});

it.each([
  ['online', null, ['drain', 'evict']],
  ['offline', null, ['evict']],
  ['draining', null, ['drain', 'evict']],
  ['draining', 'draining', ['resume', 'evict']],
  ['offline', 'evicted', ['resume']],
  ['online', 'available', ['drain', 'evict']],
] as const)('a worker that is %s, and %s by decision, can be asked to %j', (state, availability, verbs) => {
  const decision = availability && { availability, by: 'ann', at: '2026-03-01T12:00:00.000Z', reason: '' };
  expect(verbsFor({ state, decision })).toEqual(verbs);
});
