/**
 * The work of `windmill`, in the proportions in which makers of flow engines compare them: many calls that cost nothing
 * and a few that cost something. As scripts of `node` tasks, and as one program that does nothing else. Pure.
 */

const FUNCTION = 'function fibonacci(n) {\n  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);\n}\n';

export interface FibonacciPlan {
  readonly light: number;
  readonly lightOf: number;
  readonly heavy: number;
  readonly heavyOf: number;
}

/** What is computed, in order: the light ones first. */
export function calls({ light, lightOf, heavy, heavyOf }: FibonacciPlan): readonly number[] {
  return [...Array.from({ length: light }, () => lightOf), ...Array.from({ length: heavy }, () => heavyOf)];
}

/** An ES module that computes one and prints it. */
export function scriptOf(n: number): string {
  return `${FUNCTION}console.log(fibonacci(${n}));\n`;
}

/** An ES module that computes all of them in a row and prints how many milliseconds they took. */
export function bareProgram(plan: FibonacciPlan): string {
  return [
    FUNCTION,
    'const from = performance.now();',
    'let sum = 0;',
    `for (const n of ${JSON.stringify(calls(plan))}) sum += fibonacci(n);`,
    'const ms = performance.now() - from;',
    // The sum is used, so that no compiler leaves the work out.
    'console.log(JSON.stringify({ ms, sum }));\n',
  ].join('\n');
}

/** How much of the whole was not the work itself. */
export function overheadShare(wholeMs: number, bareMs: number): number {
  return 1 - bareMs / wholeMs;
}
