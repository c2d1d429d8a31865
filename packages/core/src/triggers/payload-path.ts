/**
 * Paths into the JSON body of a delivery: `$.order.id`, `$.items[0]["unit price"]`, or `$` for all of it. One place each, no
 * search and no code, so that whoever sends a body decides about nothing but values.
 */

export type PayloadStep = string | number;

const NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*/u;
const INDEX = /^\[(\d{1,9})\]/;
/** In either kind of quotes; a backslash takes the character after it as it is. */
const QUOTED = /^\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]/su;

export const MAX_PAYLOAD_STEPS = 50;

/** @returns the steps from the outside in, or what is wrong with the text, in a sentence. */
export function parsePayloadPath(
  text: string,
): { readonly steps: readonly PayloadStep[] } | { readonly problem: string } {
  if (!text.startsWith('$')) return { problem: 'A path begins with $, which is the whole body, such as $.order.id.' };
  const steps: PayloadStep[] = [];
  let rest = text.slice(1);
  while (rest !== '') {
    const name = rest.startsWith('.') ? NAME.exec(rest.slice(1)) : null;
    const index = INDEX.exec(rest);
    const quoted = QUOTED.exec(rest);
    if (name) {
      steps.push(name[0]);
      rest = rest.slice(1 + name[0].length);
    } else if (index) {
      steps.push(Number(index[1]));
      rest = rest.slice(index[0].length);
    } else if (quoted) {
      steps.push((quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/gsu, '$1'));
      rest = rest.slice(quoted[0].length);
    } else {
      const at = text.length - rest.length + 1;
      return { problem: `At character ${at} there must be .name, [0] or ["name"], not ${JSON.stringify(rest)}.` };
    }
    if (steps.length > MAX_PAYLOAD_STEPS) return { problem: `A path has at most ${MAX_PAYLOAD_STEPS} steps.` };
  }
  return { steps };
}

/** What is at the place; undefined when there is no such place. */
export function readPayload(payload: unknown, steps: readonly PayloadStep[]): unknown {
  let value = payload;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    // Only what the body itself says: never what every object or list has.
    if (Array.isArray(value) ? typeof step !== 'number' : typeof step !== 'string') return undefined;
    if (!Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PayloadStep, unknown>>)[step];
  }
  return value;
}
