/** The tasks of the workflows that are measured and profiled, as their documents name them. Pure. */
import { type Layers, predecessorsOf } from './layers.ts';

export interface TaskDocument {
  readonly name: string;
  readonly type: 'noop' | 'node' | 'shell';
  readonly script?: string;
  readonly dependsOn?: readonly string[];
}

type Work = Omit<TaskDocument, 'name' | 'dependsOn'>;

const NOOP: Work = { type: 'noop' };

/** Tasks that wait for nothing. */
export function fan(count: number, work: Work = NOOP): readonly TaskDocument[] {
  return Array.from({ length: count }, (_, i) => ({ name: nameOf(i), ...work }));
}

/** Each after the one before. */
export function inARow(works: readonly Work[]): readonly TaskDocument[] {
  return works.map((work, i) => ({ name: nameOf(i), ...work, ...(i === 0 ? {} : { dependsOn: [nameOf(i - 1)] }) }));
}

export function noopsInARow(count: number): readonly TaskDocument[] {
  return inARow(Array.from({ length: count }, () => NOOP));
}

export function noopsInLayers(layers: Layers): readonly TaskDocument[] {
  return inLayers(layers, NOOP);
}

export function inLayers(layers: Layers, work: Work): readonly TaskDocument[] {
  return predecessorsOf(layers).map((before, i) => ({
    name: nameOf(i),
    ...work,
    ...(before.length === 0 ? {} : { dependsOn: before.map(nameOf) }),
  }));
}

function nameOf(i: number): string {
  return `task-${i + 1}`;
}
