import { describe, expect, it } from 'vitest';
import { grow, linesOf, TAIL_BYTES, tasksToRead } from './tails.ts';

const task = (name: string, state: 'success' | 'failure' | 'running', startedAt: string | null, type = 'shell') => ({
  ...{ id: name, name, type, state, startedAt, current: true },
});
const chunk = (text: string, offset: number, ended = false) => ({
  ...{ text, offset, nextOffset: offset + text.length, size: offset + text.length, ended },
});

describe('tasksToRead', () => {
  it('takes what failed and what runs before what began last, in the order in which they began', () => {
    const tasks = [
      task('late', 'success', '5'),
      task('bad', 'failure', '1'),
      task('now', 'running', '3'),
      task('early', 'success', '2'),
    ];
    const names = (most: number) => tasksToRead(tasks, most).map(({ name }) => name);
    expect(names(9)).toEqual(['bad', 'early', 'now', 'late']);
    expect(names(3)).toEqual(['bad', 'now', 'late']);
    expect(names(1)).toEqual(['bad']);
  });

  it('leaves out what writes no log, and attempts that were followed by another', () => {
    const tasks = [
      task('waits', 'running', null),
      task('ok', 'running', '1', 'approval'),
      { ...task('old', 'failure', '1'), current: false },
    ];
    expect(tasksToRead(tasks)).toEqual([]);
  });
});

describe('grow', () => {
  it('goes on where it ended', () => {
    const first = grow(undefined, chunk('one\ntw', 0));
    expect(first).toEqual({ text: 'one\ntw', nextOffset: 6, cut: false, ended: false });
    expect(grow(first, chunk('o\n', 6, true))).toEqual({ text: 'one\ntwo\n', nextOffset: 8, cut: false, ended: true });
  });

  it('begins with a whole line where something stands before', () => {
    expect(grow(undefined, chunk('lf a line\nnext\n', 900))).toMatchObject({ text: 'next\n', cut: true });
    const long = grow(undefined, chunk('x'.repeat(TAIL_BYTES - 1), 0));
    expect(grow(long, chunk('\nthe end\n', TAIL_BYTES - 1))).toMatchObject({ text: 'the end\n', cut: true });
  });
});

it('leads each line by the name of its task, without colours', () => {
  expect(linesOf('load', { text: 'a\u001b[31mred\u001b[0m\r\n\nend\n' }, 6)).toBe(
    'load   │ ared\nload   │ \nload   │ end',
  );
  expect(linesOf('x'.repeat(40), { text: 'a' }, 40)).toBe(`${'x'.repeat(23)}… │ a`);
});
