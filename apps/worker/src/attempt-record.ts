/** What the folder of an attempt says of it, for the agent that takes it over. */
import { decodeMasterFrame, type MasterDispatch } from '@vaquita/protocol';
import type { StopOrder } from '@vaquita/tasks';

export interface AttemptRecord {
  readonly order: MasterDispatch;
  /** Epoch milliseconds: its timeout counts from here. */
  readonly begunAt: number;
}

/** An order to stop that an attempt is under. */
export interface StopRecord {
  readonly state: StopOrder['state'];
  readonly text: string;
  /** Epoch milliseconds by which everything has to have ended; the keeper reads this too. */
  readonly by: number;
}

const STOP_STATES: readonly StopOrder['state'][] = ['killed', 'timeout', 'lost', 'interrupted'];

/** Null when it cannot be read. */
export function parseAttempt(text: string): AttemptRecord | null {
  try {
    const { order, begunAt } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const [message] = decodeMasterFrame(JSON.stringify(order), Number.POSITIVE_INFINITY).messages;
    return message?.type === 'dispatch' && typeof begunAt === 'number' ? { order: message, begunAt } : null;
  } catch {
    return null;
  }
}

/** Null when there is none. A damaged one is taken as one that has run out: somebody wanted it to end. */
export function parseStop(text: string | null): StopRecord | null {
  if (text === null) return null;
  try {
    const { state, text: reason, by } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const known = STOP_STATES.find((one) => one === state);
    if (known !== undefined && typeof reason === 'string' && typeof by === 'number') {
      return { state: known, text: reason, by };
    }
  } catch {
    // Damaged, as below.
  }
  return { state: 'interrupted', text: 'it was told to stop', by: 0 };
}
