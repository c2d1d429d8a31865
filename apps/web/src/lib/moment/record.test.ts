import type { EventView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { eventWords, taskOf } from './event-words.ts';
import { indexOfSeq, readOn } from './record.ts';
import { ticksOf } from './ticks.ts';

const event = (
  seq: number,
  type: EventView['type'] = 'task_instance.state',
  data: EventView['data'] = {},
): EventView => ({
  ...{ seq, type, data, at: '2026-03-01T08:00:00.000Z' },
  ...{ projectId: null, workflowInstanceId: 'r', taskInstanceId: null },
});

/** A list of events that grows, with what was asked of it. */
function list(count: number) {
  const all = Array.from({ length: count }, (_, n) => event(3 * n + 2));
  const asked: (string | undefined)[] = [];
  const read = async ({ limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }) => {
    asked.push(cursor);
    const rest = all.filter(({ seq }) => seq > Number(cursor ?? 0));
    const items = rest.slice(0, limit);
    return { items, nextCursor: rest.length > limit ? String(items.at(-1)!.seq) : null };
  };
  return { all, asked, read };
}

describe('readOn', () => {
  it('reads page by page, and then only what came since', async () => {
    const { all, asked, read } = list(1_200);
    const first = await readOn(undefined, read);
    expect(first).toEqual({ events: all, whole: true });
    all.push(event(9_000));
    const second = await readOn(first, read);
    expect(second.events).toEqual(all);
    expect(asked).toEqual([undefined, '1499', '2999', '3599']);
  });

  it('ends where there is more than a page bears', async () => {
    const { read } = list(1_200);
    const { events, whole } = await readOn(undefined, read, 1_000);
    expect([events.length, whole]).toEqual([1_000, false]);
  });
});

it('finds the event that a number stands for', () => {
  const events = [2, 5, 8].map((seq) => ({ seq }));
  expect([1, 2, 4, 5, 9].map((seq) => indexOfSeq(events, seq))).toEqual([-1, 0, 0, 1, 2]);
});

describe('ticksOf', () => {
  const told = (to: string, type = 'task_instance.state') => ({ type, data: { to } });
  it('gives each event its place', () => {
    const events = [
      told('running', 'workflow_instance.state'),
      told('running'),
      { type: 'task.passed_over', data: {} },
    ];
    expect(ticksOf(events, 10)).toEqual([
      { at: 0, family: 'running', rank: 3 },
      { at: 0.5, family: 'running', rank: 1 },
      { at: 1, family: 'skipped', rank: 1 },
    ]);
  });

  it('keeps what failed among many, and never more than there are places', () => {
    const events = Array.from({ length: 5_000 }, (_, n) => told(n === 2_502 ? 'failure' : 'success'));
    const ticks = ticksOf(events, 100);
    expect(ticks).toHaveLength(100);
    expect(ticks.filter(({ family }) => family === 'failed')).toHaveLength(1);
  });
});

it('says what an event tells of', () => {
  const words = {
    run: 'Run',
    attempt: (n: number) => `attempt ${n}`,
    states: { running: 'Running' },
    events: { a: 'A' },
  };
  expect(eventWords(event(1, 'workflow_instance.state', { from: 'submitted', to: 'running' }), words)).toBe(
    'Run · Running',
  );
  const again = event(1, 'task_instance.state', { name: 'load', attempt: 2, to: 'running' });
  expect([taskOf(again), eventWords(again, words)]).toEqual(['load', 'load · attempt 2 · Running']);
  expect(eventWords({ type: 'a', data: {} }, words)).toBe('Run · A');
  expect(eventWords({ type: 'task.new', data: { name: 'load' } }, words)).toBe('load · task.new');
});
