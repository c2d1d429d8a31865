import type { ListedWorkflow } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { ableTo, actOnEach, type Outcome } from './act-on-each.ts';
import { readWish, requestOf, staleness } from './wish.ts';

const wish = (search: string) => readWish(new URLSearchParams(search));
const workflow = (name: string, online = true) => ({ name, online }) as ListedWorkflow;

describe('the list of workflows', () => {
  it('is asked for as its address says', () => {
    expect(wish('project=etl&name=%20da&online=no')).toEqual({
      project: 'etl',
      query: { all: undefined, name: 'da', online: 'no' },
    });
    expect(requestOf(wish('online=yes').query, 'etl')).toEqual({ project: 'etl', name: undefined, online: true });
    expect(wish('all=1').query.all).toBe(true);
    expect(wish('all=1&project=etl').query.all).toBeUndefined();
    expect(wish('online=maybe&name=').query).toEqual({ all: undefined, name: undefined, online: undefined });
  });

  it('marks what has not run for long, and what is old and never has', () => {
    const now = Date.parse('2026-03-01T00:00:00Z');
    const run = (createdAt: string) => ({ createdAt }) as ListedWorkflow['runs'][number];
    const made = '2025-01-01T00:00:00Z';
    expect(staleness({ createdAt: made, runs: [run('2026-02-20T00:00:00Z'), run(made)] }, now)).toBeNull();
    expect(staleness({ createdAt: made, runs: [run('2026-01-20T00:00:00Z')] }, now)).toBe('long');
    expect(staleness({ createdAt: made, runs: [] }, now)).toBe('never');
    expect(staleness({ createdAt: '2026-02-20T00:00:00Z', runs: [] }, now)).toBeNull();
  });
});

describe('a verb on many workflows', () => {
  it('is for those that it changes, and runs only what is online', () => {
    const both = [workflow('on'), workflow('off', false)];
    const names = (verb: 'run' | 'online' | 'offline') => ableTo(verb, both).map(({ name }) => name);
    expect([names('run'), names('online'), names('offline')]).toEqual([['on'], ['off'], ['on']]);
  });

  it('reaches each once, whatever becomes of the others', async () => {
    const all = Array.from({ length: 11 }, (_, n) => workflow(`w${n}`));
    const told: Outcome[] = [];
    const asked: string[] = [];
    await actOnEach(
      all,
      async ({ name }) => {
        asked.push(name);
        if (name === 'w3') throw new Error('no');
      },
      { signal: new AbortController().signal, told: (outcome) => told.push(outcome) },
    );
    expect(asked.sort()).toEqual(all.map(({ name }) => name).sort());
    expect(told.filter(({ error }) => error !== null).map((one) => one.workflow.name)).toEqual(['w3']);
    expect(told).toHaveLength(11);
  });

  it('begins nothing more once it is stopped', async () => {
    const stop = new AbortController();
    const told: Outcome[] = [];
    await actOnEach(
      Array.from({ length: 50 }, (_, n) => workflow(`w${n}`)),
      async () => stop.abort(),
      { signal: stop.signal, told: (outcome) => told.push(outcome) },
    );
    expect(told.length).toBeLessThanOrEqual(4);
  });
});
