/**
 * Ids are made by whoever creates the row: 26 characters, sortable as text in order of creation,
 * unique across processes (48 bits of time, 80 bits of randomness, Crockford base 32, lower case).
 */
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';

declare const brand: unique symbol;
/** A text id that cannot be mixed up with the id of another kind of thing. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type ProjectId = Id<'project'>;
export type WorkflowId = Id<'workflow'>;
export type WorkflowInstanceId = Id<'workflow-instance'>;
export type TaskInstanceId = Id<'task-instance'>;
/** One sending of one task instance to one worker. A resend after a lost worker is a new dispatch. */
export type DispatchId = Id<'dispatch'>;
export type CommandId = Id<'command'>;
export type WorkerId = Id<'worker'>;
export type ServerId = Id<'server'>;
export type UserId = Id<'user'>;
export type TokenId = Id<'token'>;
export type SessionId = Id<'session'>;

/** The number of a leader's term. Only grows; fences every commit and every dispatch. */
export type Epoch = number;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

export interface IdSource {
  /** A new id, greater as text than every id this source made before, also when the clock steps back. */
  next<Kind extends string>(): Id<Kind>;
}

/**
 * Makes time-ordered ids. Two ids of one millisecond stay ordered because the random part is counted up.
 */
export function createIdSource(clock: Pick<Clock, 'now'>, random: Random): IdSource {
  let lastTime = -1;
  const digits = new Uint8Array(RANDOM_CHARS);

  function refill(): void {
    const bytes = random.bytes(RANDOM_CHARS);
    // The first digit keeps its top bit clear, so counting up within a millisecond cannot overflow in practice.
    for (let i = 0; i < RANDOM_CHARS; i++) digits[i] = bytes[i]! & (i === 0 ? 15 : 31);
  }

  function countUp(): void {
    for (let i = RANDOM_CHARS - 1; i >= 0; i--) {
      if (digits[i]! < 31) {
        digits[i] = digits[i]! + 1;
        return;
      }
      digits[i] = 0;
    }
    lastTime += 1;
    refill();
  }

  return {
    next<Kind extends string>(): Id<Kind> {
      const now = Math.max(0, Math.floor(clock.now()));
      if (now > lastTime) {
        lastTime = now;
        refill();
      } else {
        countUp();
      }
      let text = timeDigits(lastTime);
      for (const digit of digits) text += ALPHABET[digit]!;
      return text as Id<Kind>;
    },
  };
}

/**
 * An id that follows from a moment and a name: whoever works it out gets the same one, so that what may be done twice is
 * written once. Other names of the same millisecond give other ids, with 80 bits of difference.
 */
export function derivedId<Kind extends string>(at: number, name: string): Id<Kind> {
  const [a, b, c, d] = hash128(name);
  let digits = '';
  for (const word of [a, b, c, d]) for (let i = 0; i < 4; i++) digits += ALPHABET[(word >>> (i * 8)) & 31]!;
  return `${timeDigits(Math.max(0, Math.floor(at)))}${digits}` as Id<Kind>;
}

/** Of 128 bits; made for spreading, not for secrets. */
function hash128(text: string): readonly [number, number, number, number] {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x5bd1e995];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code ^ (b >>> 7), 0x85ebca6b);
    b = Math.imul(b ^ code ^ (c >>> 11), 0xc2b2ae35);
    c = Math.imul(c ^ code ^ (d >>> 13), 0x27d4eb2f);
    d = Math.imul(d ^ code ^ (a >>> 16), 0x165667b1);
  }
  return [mix(a ^ c), mix(b ^ a), mix(c ^ d), mix(d ^ b)];
}

function mix(word: number): number {
  let x = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** The same ids in the same order for each try at one thing; the first is that of `at`, the key tells the things apart. */
export function derivedIds(at: number, key: string): IdSource {
  let made = 0;
  return {
    next() {
      made += 1;
      return derivedId(at, `${made}:${key}`);
    },
  };
}

function timeDigits(time: number): string {
  let text = '';
  for (let i = 0, rest = time; i < TIME_CHARS; i++, rest = Math.floor(rest / 32)) text = ALPHABET[rest % 32]! + text;
  return text;
}

/** When the id was made, in epoch milliseconds, by the clock of whoever made it. */
export function timeOfId(id: string): number {
  let time = 0;
  for (const char of id.slice(0, TIME_CHARS)) time = time * 32 + ALPHABET.indexOf(char);
  return time;
}

/** No id that was made at this moment or later is smaller as text, and none that was made earlier is greater. */
export function firstIdAt(time: number): string {
  let text = '';
  for (let rest = Math.max(0, Math.floor(time)); text.length < TIME_CHARS; rest = Math.floor(rest / 32)) {
    text = ALPHABET[rest % 32]! + text;
  }
  return text.padEnd(TIME_CHARS + RANDOM_CHARS, ALPHABET[0]);
}

const ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** True for text that could be an id of ours; a name that looks like an id is refused by the definition schema. */
export function isId(text: string): boolean {
  return ID_PATTERN.test(text);
}
