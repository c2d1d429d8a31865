/**
 * What servers say to each other: that there may be something to look at. A hint carries nothing but its name; what it is about
 * stands in the database, and is found without it a poll later.
 */

/** By who looks: the leader at commands, groups, workers, schedules, alerts and listeners; a follower at the lease; everybody at what its readers wait for. */
export const HINTS = [
  'commands',
  'taskGroups',
  'workerGroups',
  'workers',
  'schedules',
  'alerts',
  'listeners',
  'lease',
  'events',
  'logs',
] as const;
export type Hint = (typeof HINTS)[number];

/** Where a server hears them, on the port of the API. */
export const HINTS_PATH = '/api/v1/cluster/hints';
export const SIGNATURE_HEADER = 'x-vaquita-signature';

export interface HintMessage {
  readonly from: string;
  readonly to: string;
  /** Higher than in the message before: what is overheard is good for nothing. */
  readonly seq: number;
  readonly hints: readonly Hint[];
}

/** Undefined when it is none. Hints of a newer version are passed over. */
export function parseHintMessage(text: string): HintMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { from, to, seq, hints } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof from !== 'string' || typeof to !== 'string' || !Number.isSafeInteger(seq)) return undefined;
  if (!Array.isArray(hints)) return undefined;
  return { from, to, seq: Number(seq), hints: HINTS.filter((hint) => hints.includes(hint)) };
}
