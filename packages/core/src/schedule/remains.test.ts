import { expect, test } from 'vitest';
import type { ProjectId, WorkflowId } from '../identity/ids.ts';
import { COUNTED_AT_ONCE, TOLD_SINGLY } from './pending-fires.ts';
import { decideRemains } from './remains.ts';
import type { ScheduleFireRow, ScheduleId, ScheduleRemainsRow } from './rows.ts';

function remains(more: Partial<ScheduleRemainsRow>): ScheduleRemainsRow {
  return {
    ...{ scheduleId: 's' as ScheduleId, projectId: 'p' as ProjectId, workflowId: 'w' as WorkflowId },
    ...{ afterAt: 0, upTo: 0, why: 'It got another plan.' },
    plan: {
      times: { kind: 'interval', everyMs: 1_000, anchorAt: 0 },
      ...{ timezone: 'UTC', from: null, to: null, jitterMs: 500, calendars: { include: [], exclude: [] } },
      misfire: { policy: 'all', limit: 10, graceMs: 60_000 },
      overlap: { policy: 'parallel', limit: null },
    },
    ...more,
  };
}

/** Piece by piece, until nothing remains. */
function all(row: ScheduleRemainsRow, recorded: readonly number[] = []): readonly ScheduleFireRow[] {
  const records: ScheduleFireRow[] = [];
  for (let left: ScheduleRemainsRow | null = row; left !== null; ) {
    const { fires, afterAt } = decideRemains({ remains: left, recorded, now: 99 });
    records.push(...fires);
    left = afterAt === null ? null : { ...left, afterAt };
  }
  return records;
}

const spans = (records: readonly ScheduleFireRow[]) =>
  records.map(({ fireAt, throughAt, fires }) => [fireAt, throughAt, fires]);

test('each fire time behind the cursor and up to the change has its record, with the reason', () => {
  const records = all(remains({ afterAt: 2_000, upTo: 5_000 }));
  expect(spans(records)).toEqual([
    [3_000, 3_000, 1],
    [4_000, 4_000, 1],
    [5_000, 5_000, 1],
  ]);
  expect(records[0]).toMatchObject({
    ...{ scheduleId: 's', projectId: 'p', workflowId: 'w', outcome: 'skipped', reasonCode: 'schedule_changed' },
    ...{ reason: 'It got another plan.', workflowInstanceId: null, decidedAt: 99 },
  });
});

test('there may be none', () => {
  expect(all(remains({ afterAt: 2_000, upTo: 2_999 }))).toEqual([]);
});

test('what has its record gets no second one', () => {
  expect(spans(all(remains({ afterAt: 0, upTo: 6_000 }), [2_000, 3_000, 6_000, 9_000]))).toEqual([
    [1_000, 1_000, 1],
    [4_000, 4_000, 1],
    [5_000, 5_000, 1],
  ]);
});

test('of very many the oldest are told of together, so many at a time', () => {
  const count = COUNTED_AT_ONCE + TOLD_SINGLY + 7;
  const records = all(remains({ upTo: count * 1_000 }));
  expect(spans(records.slice(0, 3))).toEqual([
    [1_000, COUNTED_AT_ONCE * 1_000, COUNTED_AT_ONCE],
    [(COUNTED_AT_ONCE + 1) * 1_000, (COUNTED_AT_ONCE + 7) * 1_000, 7],
    [(COUNTED_AT_ONCE + 8) * 1_000, (COUNTED_AT_ONCE + 8) * 1_000, 1],
  ]);
  expect(records.reduce((sum, { fires }) => sum + fires, 0)).toBe(count);
  expect(records).toHaveLength(TOLD_SINGLY + 2);
});
