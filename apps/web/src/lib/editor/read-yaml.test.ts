import { describe, expect, it } from 'vitest';
import { findCycle, readYaml, splitPath } from './read-yaml.ts';

const text = `name: w
tasks:
  - name: a
    type: shell
    script: echo
  - name: b
    type: shell
    dependsOn: [a, ghost]
  - name: a
    type: shell
`;

describe('readYaml', () => {
  it('finds the line of what the server names', () => {
    const { lineOf } = readYaml(text);
    expect(lineOf('tasks[1].dependsOn[1]')).toBe(8);
    expect(lineOf('tasks[0].script')).toBe(5);
    expect(lineOf('tasks[1].retry.times')).toBe(6);
    expect(lineOf('nothing')).toBe(1);
    expect(lineOf('')).toBe(1);
  });

  it('names unknown and doubled tasks', () => {
    expect(readYaml(text).problems).toEqual([
      { line: 8, path: 'tasks[1].dependsOn[1]', kind: 'unknownDep', detail: 'ghost' },
      { line: 9, path: 'tasks[2].name', kind: 'duplicate', detail: 'a' },
    ]);
  });

  it('says where the text breaks', () => {
    const reading = readYaml('name: w\ntasks: [a, b\nx: {');
    expect(reading.outline).toBeNull();
    expect(reading.problems[0]).toMatchObject({ kind: 'text' });
    expect(reading.lineOf('name')).toBe(1);
  });

  it.each(['', '   ', '42', '- a', 'a: &x [*x]', 'tasks: 7'])('copes with %j', (odd) => {
    expect(() => readYaml(odd)).not.toThrow();
  });
});

describe('findCycle', () => {
  const task = (id: string, ...dependsOn: string[]) => ({ id, dependsOn }) as never;
  it('gives the way round', () => {
    const cycle = findCycle({ tasks: [task('a', 'c'), task('b', 'a'), task('c', 'b'), task('free')] });
    expect(cycle).toHaveLength(4);
    expect(cycle![0]).toBe(cycle![3]);
    expect(new Set(cycle)).toEqual(new Set(['a', 'b', 'c']));
  });
  it('is calm about diamonds', () => {
    expect(findCycle({ tasks: [task('a'), task('b', 'a'), task('c', 'a'), task('d', 'b', 'c')] })).toBeNull();
  });
  it('sees a task that waits for itself', () => {
    expect(findCycle({ tasks: [task('a', 'a')] })).toEqual(['a', 'a']);
  });
});

describe('splitPath', () => {
  it('reads names, numbers and quoted names', () => {
    expect(splitPath('tasks[2].dependsOn[0]')).toEqual(['tasks', 2, 'dependsOn', 0]);
    expect(splitPath('a["b.c"].d')).toEqual(['a', 'b.c', 'd']);
    expect(splitPath('')).toEqual([]);
  });
});
