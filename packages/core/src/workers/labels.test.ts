import { describe, expect, it } from 'vitest';
import { checkLabelName, explainMismatch, labelsText, matchesLabels } from './labels.ts';

describe('labels', () => {
  it('match when each that is wanted is there with that value', () => {
    expect(matchesLabels({}, {})).toBe(true);
    expect(matchesLabels({ a: '1' }, { a: '1', b: '2' })).toBe(true);
    expect(matchesLabels({ a: '1' }, { a: '01' })).toBe(false);
    expect(matchesLabels({ a: '' }, {})).toBe(false);
    expect(matchesLabels({ toString: 'x' }, {})).toBe(false);
  });

  it('read the same in whatever order they came', () => {
    expect(labelsText({ b: '2', a: '1' })).toBe(labelsText({ a: '1', b: '2' }));
  });

  it.each(['a', 'zone', 'example.org/gpu', 'A_1-b'])('can be named %s', (name) => {
    expect(checkLabelName(name)).toBeUndefined();
  });

  it.each(['', '-a', 'a-', 'a b', 'a=b', 'ä', 'x'.repeat(64)])('cannot be named "%s"', (name) => {
    expect(checkLabelName(name)).toContain('cannot be the name');
  });

  it('that no single worker has together are missing on none', () => {
    const workers = [
      { name: 'a', labels: { zone: 'north' } },
      { name: 'b', labels: { gpu: 'yes' } },
    ];
    expect(explainMismatch({ zone: 'north', gpu: 'yes' }, workers, 'here')).toEqual({
      text: 'None of the 2 workers looked at in here has gpu=yes, zone=north: "a" lacks gpu=yes; "b" lacks zone=north.',
      missing: '',
    });
  });

  it('of many workers are told of the first, and how many more there are', () => {
    const workers = Array.from({ length: 12 }, (_, index) => ({ name: `w${index}`, labels: {} }));
    const { text, missing } = explainMismatch({ gpu: 'yes' }, workers, 'here');
    expect(text).toContain('"w4" lacks gpu=yes; 7 more lack one of them too.');
    expect(missing).toBe('gpu=yes');
  });
});
