import { describe, expect, it } from 'vitest';
import { type KeyPress, Shortcuts } from './keys.ts';

const press = (key: string, at = 0, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  at,
  ctrl: false,
  alt: false,
  busy: false,
  ...more,
});

function setUp() {
  const done: string[] = [];
  const keys = new Shortcuts();
  const remove = keys.add(
    ['g w', 'w', 'r', '?', 'Ctrl+k'].map((name) => ({ keys: name, does: 'help' as const, run: () => done.push(name) })),
  );
  return { done, keys, remove };
}

describe('Shortcuts', () => {
  it('runs single keys, sequences and control keys', () => {
    const { done, keys } = setUp();
    keys.press(press('r'), true);
    keys.press(press('g', 1), true);
    keys.press(press('w', 2), true);
    keys.press(press('K', 3, { ctrl: true }), true);
    expect(done).toEqual(['r', 'g w', 'Ctrl+k']);
  });

  it('forgets the first key of a sequence after a while', () => {
    const { done, keys } = setUp();
    keys.press(press('g', 0), true);
    keys.press(press('w', 5000), true);
    expect(done).toEqual(['w']);
  });

  it('is silent in fields, except for control keys', () => {
    const { done, keys } = setUp();
    expect(keys.press(press('r', 0, { busy: true }), true)).toBe(false);
    keys.press(press('k', 0, { busy: true, ctrl: true }), true);
    expect(done).toEqual(['Ctrl+k']);
  });

  it('can be switched off', () => {
    const { done, keys } = setUp();
    keys.press(press('r'), false);
    expect(done).toEqual([]);
  });

  it('lists what works now, and of a key that two want only who has it', () => {
    const { keys } = setUp();
    const remove = keys.add([{ keys: 'r', does: 'rerun', run: () => {} }]);
    const of = (name: string) => keys.all.filter((shortcut) => shortcut.keys === name).map(({ does }) => does);
    expect(of('r')).toEqual(['rerun']);
    remove();
    expect(of('r')).toEqual(['help']);
  });

  it('lets the newest owner of a key have it, and gives it back', () => {
    const { done, keys } = setUp();
    const remove = keys.add([{ keys: 'r', does: 'rerun', run: () => done.push('newer') }]);
    keys.press(press('r'), true);
    remove();
    keys.press(press('r'), true);
    expect(done).toEqual(['newer', 'r']);
  });
});
