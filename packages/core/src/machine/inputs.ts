import type { Run, RunNode } from './run.ts';
export function resolveInputs(_run: Run, _node: RunNode): { inputs: Record<string, string>; warnings: string[] } {
  return { inputs: {}, warnings: [] };
}
