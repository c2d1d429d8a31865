/** How many tasks ran at once, as told by the tasks themselves: each appends a line when it begins and when it ends. */
import { append, type Scratch } from './scratch.ts';

/** Shell: what is between a line of begin and a line of end. `who` may hold shell variables. */
export function between(scratch: Scratch, file: string, who: string, script: string): string {
  const stamp = (word: string) => append(scratch, file, `${word} ${who} $(date +%s.%N)`);
  return [stamp('begin'), script, stamp('end')].join('\n');
}

export interface Stamp {
  readonly word: string;
  readonly who: string;
  /** Seconds. */
  readonly at: number;
}

export function stampsOf(scratch: Scratch, file: string): readonly Stamp[] {
  return scratch.lines(file).map((line) => {
    const [word, who, at] = line.split(' ');
    return { word: word!, who: who!, at: Number(at) };
  });
}

/** In the order of the lines, which is that of the events: each line is appended in one write. */
export function mostAtOnce(stamps: readonly Stamp[]): number {
  let [now, most] = [0, 0];
  for (const { word } of stamps) {
    now += word === 'begin' ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

export function begunIn(stamps: readonly Stamp[]): readonly string[] {
  return stamps.filter(({ word }) => word === 'begin').map(({ who }) => who);
}
