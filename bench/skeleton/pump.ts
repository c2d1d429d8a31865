/** Keeps slots full: results that have arrived share a commit with the dispatches that take their places. */
import { dispatchOf, type Link } from './link.ts';
import type { Report } from './messages.ts';
import { dispatchId, numberOf, type Rows } from './rows.ts';

export interface Pumping {
  /** After so many ends it is over. */
  readonly tasks: number;
  readonly slots: number;
  /** The next task that may go out; undefined while there is none. */
  next(): number | undefined;
  /** Writes what a dispatch writes. */
  dispatch(n: number): void;
  /** Writes what follows from an end, besides the end itself. */
  ended?(n: number): void;
  sent?(): void;
}

export function pump(rows: Rows, link: Link, { tasks, slots, next, dispatch, ended, sent }: Pumping): Promise<void> {
  let out = 0;
  let done = 0;
  let arrived: number[] = [];
  let scheduled = false;
  return new Promise((resolve) => {
    function step(): void {
      scheduled = false;
      const ends = arrived;
      arrived = [];
      done += ends.length;
      out -= ends.length;
      const begun: number[] = [];
      rows.commit(() => {
        for (const n of ends) {
          rows.ended(n);
          ended?.(n);
        }
        for (let n = out < slots ? next() : undefined; n !== undefined; n = out < slots ? next() : undefined) {
          out += 1;
          begun.push(n);
          dispatch(n);
        }
      });
      link.send([{ type: 'resultAck', dispatchIds: ends.map(dispatchId) }, ...begun.map(dispatchOf)]);
      if (begun.length > 0) sent?.();
      if (done === tasks) resolve();
    }
    link.onReports((reports: readonly Report[]) => {
      for (const report of reports) if (report.type === 'result') arrived.push(numberOf(report.dispatchId));
      if (scheduled) return;
      scheduled = true;
      setImmediate(step);
    });
    step();
  });
}

/** The numbers from 0 on, each once. */
export function upTo(tasks: number): () => number | undefined {
  let at = 0;
  return () => (at < tasks ? at++ : undefined);
}
