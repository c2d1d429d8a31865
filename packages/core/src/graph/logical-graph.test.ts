import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycles } from './cycles.ts';
import {
  buildGraph,
  type GraphTask,
  type LogicalGraph,
  reach,
  selectScope,
  topologicalOrder,
} from './logical-graph.ts';

const task = (name: string, ...dependsOn: string[]): GraphTask => ({ name, dependsOn });

function sound(...tasks: GraphTask[]): LogicalGraph {
  const { graph, problems } = buildGraph(tasks);
  expect(problems).toEqual([]);
  return graph;
}

/** Any acyclic graph: task i depends on some of the tasks before it, then the order of the tasks is shuffled. */
const acyclic = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 30 }).chain((rows) => {
  const tasks = rows.map((row, i) => task(`t${i}`, ...new Set(i === 0 ? [] : row.map((n) => `t${n % i}`))));
  return fc.shuffledSubarray(tasks, { minLength: tasks.length, maxLength: tasks.length });
});

/** Counts every step over an edge list, so that a quadratic walk shows without a clock. */
function counted(graph: LogicalGraph): { graph: LogicalGraph; steps: () => number } {
  let steps = 0;
  const watch = (edges: readonly number[]): readonly number[] =>
    new Proxy(edges, {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^\d+$/.test(key)) steps += 1;
        return Reflect.get(target, key, receiver);
      },
    });
  return {
    graph: { ...graph, successors: graph.successors.map(watch), predecessors: graph.predecessors.map(watch) },
    steps: () => steps,
  };
}

describe('buildGraph', () => {
  it('keeps the order of the definition and knows both directions', () => {
    const graph = sound(task('b', 'a'), task('a'), task('c', 'a', 'b'));
    expect(graph.names).toEqual(['b', 'a', 'c']);
    expect(graph.indexOf.get('a')).toBe(1);
    expect(graph.successors).toEqual([[2], [0, 2], []]);
    expect(graph.predecessors).toEqual([[1], [], [1, 0]]);
  });

  it('accepts no task at all', () => {
    expect(sound().names).toEqual([]);
  });

  it('reports every problem at once, each with its place', () => {
    const { problems } = buildGraph([
      task('extract'),
      task('load', 'extarct', 'load', 'extract', 'extract'),
      task('extract'),
      task('a', 'b'),
      task('b', 'a'),
    ]);
    expect(problems).toEqual([
      {
        path: 'tasks[2].name',
        message: 'The name "extract" is already that of tasks[0]. Give each task its own name.',
      },
      {
        path: 'tasks[1].dependsOn[0]',
        message: 'There is no task named "extarct" in this workflow. Did you mean "extract"?',
      },
      { path: 'tasks[1].dependsOn[1]', message: '"load" depends on itself. Remove this dependency.' },
      { path: 'tasks[1].dependsOn[3]', message: '"extract" is named twice (also dependsOn[2]). Remove one.' },
      {
        path: 'tasks[3].dependsOn[0]',
        message: 'These tasks wait for each other: a → b → a. Remove one of these dependencies.',
      },
    ]);
  });

  it('reports one cycle per knot of tasks, the shortest through its first task', () => {
    const { problems } = buildGraph([
      task('start'),
      task('a', 'start', 'c', 'd'),
      task('b', 'a'),
      task('c', 'b'),
      task('d', 'a'),
      task('x', 'y'),
      task('y', 'x', 'c'),
    ]);
    expect(problems.map((problem) => [problem.path, problem.message.split(':')[1]?.split('.')[0]])).toEqual([
      ['tasks[1].dependsOn[2]', ' a → d → a'],
      ['tasks[5].dependsOn[0]', ' x → y → x'],
    ]);
  });

  it('handles names that objects are touchy about', () => {
    const graph = sound(task('__proto__'), task('constructor', '__proto__'));
    expect(graph.predecessors).toEqual([[], [0]]);
  });

  it('finds a cycle through ten thousand tasks without overflowing the stack', () => {
    const size = 10_000;
    const ring = Array.from({ length: size }, (_, i) => task(`t${i}`, `t${(i + size - 1) % size}`));
    const { problems } = buildGraph(ring);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain('t9998 → t9999 → t0');
  });

  it('any acyclic set of tasks builds without a problem; closing a path makes exactly one', () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), (tasks, pick) => {
        const graph = sound(...tasks);
        if (tasks.length < 2) return;
        const node = pick % tasks.length;
        const after = [...reach(graph, [node], 'downstream')].filter((other) => other !== node);
        if (after.length === 0) return;
        const end = after[pick % after.length]!;
        const closed = tasks.map((one, i) =>
          i === node ? { ...one, dependsOn: [...one.dependsOn, graph.names[end]!] } : one,
        );
        const cycles = buildGraph(closed).problems;
        expect(cycles).toHaveLength(1);
        const named = cycles[0]!.message.split(': ')[1]!.split('. ')[0]!.split(' → ');
        expect(named.at(0)).toBe(named.at(-1));
        for (let i = 1; i < named.length; i++) {
          expect(closed.find((one) => one.name === named[i])!.dependsOn).toContain(named[i - 1]);
        }
      }),
    );
  });
});

describe('topologicalOrder', () => {
  it('puts every task after all it depends on', () => {
    fc.assert(
      fc.property(acyclic, (tasks) => {
        const graph = sound(...tasks);
        const order = topologicalOrder(graph);
        expect(new Set(order).size).toBe(tasks.length);
        const place = new Map(order.map((node, i) => [node, i]));
        for (const [node, before] of graph.predecessors.entries()) {
          for (const other of before) expect(place.get(other)!).toBeLessThan(place.get(node)!);
        }
      }),
    );
  });

  it('looks at each edge of a large graph once', () => {
    const size = 10_000;
    const tasks = Array.from({ length: size }, (_, i) => {
      const before = new Set<string>();
      for (let k = 1; k <= 10 && i - k * k >= 0; k++) before.add(`t${i - k * k}`);
      return task(`t${i}`, ...before);
    });
    const { graph, steps } = counted(sound(...tasks));
    const edges = tasks.reduce((sum, one) => sum + one.dependsOn.length, 0);
    expect(edges).toBeGreaterThan(99_000);
    expect(topologicalOrder(graph)).toHaveLength(size);
    expect(steps()).toBe(edges);
    expect(reach(graph, [0], 'downstream').size).toBe(size);
    expect(steps()).toBe(2 * edges);
    expect(findCycles(graph)).toEqual([]);
    expect(steps()).toBe(3 * edges);
  });
});

describe('selectScope', () => {
  const diamond = sound(task('a'), task('b', 'a'), task('c', 'a'), task('d', 'b', 'c'), task('e', 'd'));

  it.each([
    ['all', ['d'], ['a', 'b', 'c', 'd', 'e']],
    ['downstream', ['b'], ['b', 'd', 'e']],
    ['upstream', ['d'], ['a', 'b', 'c', 'd']],
    ['only', ['d', 'a'], ['a', 'd']],
    ['downstream', [], ['a', 'b', 'c', 'd', 'e']],
    ['only', [], ['a', 'b', 'c', 'd', 'e']],
  ] as const)('%s of %j', (scope, starts, expected) => {
    const { graph, problems } = selectScope(diamond, starts, scope);
    expect(problems).toEqual([]);
    expect(graph.names).toEqual(expected);
  });

  it('drops the edges to tasks outside, so that nothing waits for a task that never runs', () => {
    const { graph } = selectScope(diamond, ['b'], 'downstream');
    expect(graph.predecessors).toEqual([[], [0], [1]]);
    expect(graph.successors).toEqual([[1], [2], []]);
    expect(graph.indexOf.get('e')).toBe(2);
  });

  it('names the start task that does not exist', () => {
    const big = sound(task('extract'), task('load', 'extract'));
    expect(selectScope(big, ['load', 'extrct'], 'only').problems).toEqual([
      { path: 'startTasks[1]', message: 'There is no task named "extrct" in this workflow. Did you mean "extract"?' },
    ]);
  });

  it('keeps exactly the edges between kept tasks, in every scope', () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), fc.constantFrom('upstream', 'downstream', 'only'), (tasks, pick, scope) => {
        fc.pre(tasks.length > 0);
        const whole = sound(...tasks);
        const start = whole.names[pick % tasks.length]!;
        const { graph } = selectScope(whole, [start], scope);
        const kept = new Set(graph.names);
        expect(kept.has(start)).toBe(true);
        for (const one of tasks.filter((each) => kept.has(each.name))) {
          const before = graph.predecessors[graph.indexOf.get(one.name)!]!.map((node) => graph.names[node]);
          expect(new Set(before)).toEqual(new Set(one.dependsOn.filter((name) => kept.has(name))));
        }
      }),
    );
  });
});
