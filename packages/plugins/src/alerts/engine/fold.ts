/**
 * Which alerts speak for which, and when each goes out. Pure.
 *
 * The rule. A *line* is what one group is told of one subject, in the order of filing.
 *
 * F1 An alert is folded into the one before it in its line when both wait, and are of the same kind and state.
 * F2 The first of a kind and state goes out `holdMs` after it was filed. After one has gone out, the next goes out not
 *    before `windowMs` later, with all that was folded into it meanwhile.
 * F3 No alert goes out before one that stands before it in its line: a change of state takes what waits along.
 * F4 What is sent counts every alert that was filed; none is dropped.
 */
import { ALERT_SEVERITIES, type AlertFold, type AlertId, type AlertMessage, type AlertRow } from '@vaquita/core';

export interface FoldSettings {
  readonly holdMs: number;
  readonly windowMs: number;
}

export interface FoldPlan {
  /** Takes further waiting alerts, in the order of filing. @returns what to write of it. */
  add(rows: readonly AlertRow[]): readonly AlertFold[];
  /** What goes out now, in the order of filing, and when the next does. */
  due(now: number): { readonly alerts: readonly AlertRow[]; readonly nextAt: number | null };
  /** How many alerts it holds. */
  readonly size: number;
}

interface Entry {
  row: AlertRow;
  dueAt: number;
  /** In the order of filing. */
  place: number;
}

/** @param takenAt when one of this key (`foldKey`) went out last. */
export function planFolds(takenAt: (key: string) => number | undefined, { holdMs, windowMs }: FoldSettings): FoldPlan {
  const lines = new Map<string, Entry[]>();
  let size = 0;

  function dueAtOf(row: AlertRow): number {
    // A person waits for it.
    if (row.kind === 'test') return row.createdAt;
    const last = takenAt(foldKey(row));
    return Math.max(row.createdAt + holdMs, last === undefined ? 0 : last + windowMs);
  }

  return {
    add(rows) {
      const folds = new Map<Entry, AlertId[]>();
      for (const row of rows) {
        const key = lineKey(row);
        const line = lines.get(key) ?? [];
        lines.set(key, line);
        const last = line.at(-1);
        if (last !== undefined && foldKey(last.row) === foldKey(row)) {
          folds.set(last, [...(folds.get(last) ?? []), row.id]);
          const message = foldMessage(last.row.message, row.message);
          last.row = { ...last.row, message };
          continue;
        }
        line.push({ row, dueAt: dueAtOf(row), place: size });
        size += 1;
      }
      return [...folds].map(([{ row }, ids]) => ({ into: row.id, ids, message: row.message }));
    },
    due(now) {
      const due: Entry[] = [];
      let nextAt = Number.POSITIVE_INFINITY;
      // A clock that was turned back must not hold an alert for longer than it could have been held.
      const latest = now + Math.max(holdMs, windowMs);
      for (const line of lines.values()) {
        let before = Number.POSITIVE_INFINITY;
        for (const entry of line.toReversed()) {
          before = Math.min(before, entry.dueAt);
          if (before <= now || before > latest) due.push(entry);
          else nextAt = Math.min(nextAt, before);
        }
      }
      const alerts = due.sort((a, b) => a.place - b.place).map(({ row }) => row);
      return { alerts, nextAt: nextAt === Number.POSITIVE_INFINITY ? null : nextAt };
    },
    get size() {
      return size;
    },
  };
}

type Foldable = Pick<AlertRow, 'groupName' | 'subject' | 'kind' | 'message'>;

export function foldKey(row: Foldable): string {
  return `${lineKey(row)}\n${row.kind}\n${row.message.state}`;
}

function lineKey({ groupName, subject }: Foldable): string {
  return `${groupName ?? '\n'}\n${subject}`;
}

/** The newest one's words, with the worst severity, and the number and the times of all. */
function foldMessage(before: AlertMessage, newer: AlertMessage): AlertMessage {
  const rank = (message: AlertMessage) => ALERT_SEVERITIES.indexOf(message.severity);
  return {
    ...newer,
    severity: rank(before) > rank(newer) ? before.severity : newer.severity,
    count: before.count + newer.count,
    firstAt: Math.min(before.firstAt, newer.firstAt),
    lastAt: Math.max(before.lastAt, newer.lastAt),
  };
}
