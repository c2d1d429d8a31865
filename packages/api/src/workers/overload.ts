/** What a worker that is overloaded has too little of, from the figures of its newest heartbeat. Pure. */
import type { WorkerRow } from '@vaquita/store';

/** Parts of a sentence; undefined when there is room. */
export function overloadOf({ cpu, memory, overCpu, overMemory, overDisk }: WorkerRow['stats']): string | undefined {
  const parts: string[] = [];
  if (overCpu !== undefined) parts.push(`its processors are ${busy(cpu, overCpu)}`);
  if (overMemory !== undefined) parts.push(`its memory is ${busy(memory, overMemory)}`);
  if (overDisk !== undefined) parts.push(`less than ${mebibytes(overDisk)} are free where its work folder is`);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function busy(used: number | undefined, limit: number): string {
  const now = used === undefined ? 'in use too much' : `${percent(used)} in use`;
  return `${now} (limit ${percent(limit)})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`;
}
