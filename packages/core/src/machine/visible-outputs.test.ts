import { describe, expect, test } from 'vitest';
import { mergeVisible, NOTHING_VISIBLE, readVisible, type VisibleOutputs } from './visible-outputs.ts';

const ended = (outputs: Record<string, string>, endedAt = 0) => ({ outputs, endedAt });
const after = (own: ReturnType<typeof ended> | null, inherited: VisibleOutputs = NOTHING_VISIBLE) =>
  mergeVisible([{ inherited, own }]);
const seen = (visible: VisibleOutputs) =>
  Object.fromEntries(Array.from(readVisible(visible), ([k, v]) => [k, v.value]));

describe('what a task can see', () => {
  test('is what all before it put out; of one name the one that ended last, wherever it stands', () => {
    const first = after(ended({ x: '1', y: '1' }, 10));
    const second = after(ended({ x: '2' }, 20), first);
    const aside = after(ended({ x: '3', z: '3' }, 15), first);
    const joined = mergeVisible([
      { inherited: second, own: null },
      { inherited: aside, own: ended({ y: '4' }, 5) },
    ]);
    expect(seen(joined)).toEqual({ x: '2', y: '1', z: '3' });
  });

  test('is shared by all that see the same', () => {
    const own = ended({ x: '1' });
    const visible = after(own);
    expect(after(own)).toBe(visible);
    expect(after(null, visible)).toBe(visible);
    const twice = mergeVisible([
      { inherited: visible, own: null },
      { inherited: visible, own: ended({}) },
    ]);
    expect(twice).toBe(visible);
    expect(after(null)).toBe(NOTHING_VISIBLE);
  });

  test('of ten thousand tasks in a row that all put something out takes no stack and little memory', () => {
    let visible = NOTHING_VISIBLE;
    for (let i = 0; i < 10_000; i++) visible = after(ended({ [`o${i}`]: 'x' }, i), visible);
    expect(readVisible(visible).size).toBe(10_000);
    expect(visible.before).toHaveLength(1);
  });
});
