/**
 * Reads rows while things go on: what becomes known of something during a read is newer than what is read of it.
 */
import { type KeepTryingDeps, keepTrying } from './keep-trying.ts';

export interface RowReader<Id> {
  /** Something newer than any read that is on its way is known of it. */
  note(id: Id): void;
  /** Until it works; undefined when the term is over. `what` names it in the log. */
  read<Row>(what: string, read: () => Promise<readonly Row[]>): Promise<FreshRows<Id, Row> | undefined>;
}

export interface FreshRows<Id, Row> {
  readonly rows: readonly Row[];
  /** Its row is older than what is known of it. */
  isOutdated(id: Id): boolean;
}

export function createRowReader<Id>(deps: KeepTryingDeps): RowReader<Id> {
  /** Of each read that is on its way. */
  const readings = new Set<Set<Id>>();

  return {
    note(id) {
      for (const newer of readings) newer.add(id);
    },
    async read(what, read) {
      const newer = new Set<Id>();
      readings.add(newer);
      const rows = await keepTrying(deps, what, () => {
        newer.clear();
        return read();
      });
      readings.delete(newer);
      return rows && { rows, isOutdated: (id) => newer.has(id) };
    },
  };
}
