/** What people write into the form of a worker, and what is shown of one. Pure. */
import type { WorkerChange, WorkerView } from '@vaquita/client';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** The fields of the form, as they are written. Empty: as the worker was started. */
export interface WorkerSettings {
  readonly slots: number | null;
  readonly weight: number | null;
  readonly labels: string;
  readonly logLevel: string;
}

export function settingsOf({ slots, weight, labels, own, logLevel }: WorkerView): WorkerSettings {
  return {
    slots: slots === own.slots ? null : slots,
    weight: weight === own.weight ? null : weight,
    labels: labelLines(labels) === labelLines(own.labels) ? '' : labelLines(labels),
    logLevel: logLevel ?? '',
  };
}

export function labelLines(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n');
}

/** The change that the form asks for, or the line that is no label. */
export function changeOf({
  slots,
  weight,
  labels,
  logLevel,
}: WorkerSettings): WorkerChange | { readonly wrong: string } {
  const lines = labels
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const wrong = lines.find((line) => line.indexOf('=') < 1);
  if (wrong !== undefined) return { wrong };
  const entries = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return {
    slots,
    weight,
    labels: lines.length === 0 ? null : Object.fromEntries(entries),
    logLevel: LOG_LEVELS.find((level) => level === logLevel) ?? null,
  };
}

/** What can be asked of a worker as it stands. */
export function verbsFor({
  state,
  decision,
}: Pick<WorkerView, 'state' | 'decision'>): ('drain' | 'resume' | 'evict')[] {
  switch (decision?.availability ?? 'available') {
    case 'evicted':
      return ['resume'];
    case 'draining':
      return ['resume', 'evict'];
    default:
      return state === 'offline' ? ['evict'] : ['drain', 'evict'];
  }
}
