import { isTaskTerminal, isWorkflowTerminal, type Reason, type TaskInstanceRow } from '@vaquita/core';
import { createRunFixture, type RunFixture, type TaskSpec, wander } from '@vaquita/core/testing';
import type { WorkerRow } from '@vaquita/store';
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { whyInstance, whyTask, whyTaskNamed } from './why.ts';
import type { GroupFacts, WhyFacts } from './why-facts.ts';

function factsOf(fixture: RunFixture, more: Partial<WhyFacts> = {}): WhyFacts {
  return {
    now: fixture.now,
    leaderName: 'server-1',
    instance: fixture.rows.instance,
    run: fixture.rebuilt(),
    tasks: [...fixture.rows.tasks.values()],
    workers: [],
    groups: new Map(),
    rivals: [],
    runs: new Map(),
    ...more,
  };
}

function started(tasks: readonly TaskSpec[], options: Parameters<typeof createRunFixture>[1] = {}): RunFixture {
  const fixture = createRunFixture(tasks, options);
  fixture.start();
  return fixture;
}

function worker(change: Partial<WorkerRow>): WorkerRow {
  return {
    id: 'w1' as WorkerRow['id'],
    name: 'rack-1',
    groups: ['default'],
    labels: {},
    slots: 4,
    weight: 1,
    own: { slots: 4, labels: {}, weight: 1 },
    standing: null,
    state: 'online',
    agentVersion: '0.1.0',
    runtime: 'node',
    host: 'h',
    taskTypes: ['noop'],
    sessionTimeoutMs: 60_000,
    connectedAt: 1_000_000,
    lastHeartbeatAt: 1_000_000,
    stats: { slotsUsed: 0 },
    updatedAt: 1_000_000,
    ...change,
  };
}

const named = (fixture: RunFixture, name: string, more: Partial<WhyFacts> = {}) =>
  whyTaskNamed(factsOf(fixture, more), name);

describe('a task that waits for a worker', () => {
  it.each([
    ['group_without_workers', []],
    ['group_without_workers', [worker({ groups: ['gpu'] })]],
    ['no_worker_online', [worker({ state: 'offline' }), worker({ state: 'draining' })]],
    ['no_worker_of_type', [worker({ taskTypes: ['sql'] })]],
    ['slots_in_use', [worker({ stats: { slotsUsed: 4 } }), worker({ stats: { slotsUsed: 9 } })]],
    ['slots_free', [worker({ stats: { slotsUsed: 3 } })]],
    ['workers_overloaded', [worker({ stats: { slotsUsed: 3, overDisk: 1 } }), worker({ stats: { slotsUsed: 4 } })]],
    ['slots_free', [worker({ stats: { overDisk: 1 } }), worker({ stats: { slotsUsed: 3 } })]],
    ['slots_in_use', [worker({ stats: { slotsUsed: 4, overDisk: 1 } })]],
  ])('is told %s', (code, workers) => {
    const answer = named(started([{ name: 'a' }]), 'a', { workers });
    expect(answer.reasons.map((reason) => reason.code)).toEqual(['queued', code]);
    const [, found] = answer.reasons;
    expect(found).toMatchObject({ next: expect.any(String), evidence: { workerGroup: 'default' } });
  });

  it('names the workers that are overloaded, and what they have too little of', () => {
    const workers = Array.from({ length: 7 }, (_, i) => worker({ name: `rack-${i}`, stats: { overDisk: 1_048_576 } }));
    const found = named(started([{ name: 'a' }]), 'a', { workers }).reasons[1];
    expect(found?.text).toContain('"rack-0": less than 1 MiB are free where its work folder is; "rack-1"');
    expect(found?.text).toContain('; and 2 more.');
    expect(found).toMatchObject({ evidence: { workersOverloaded: 7, slots: 28, slotsUsed: 0 } });
  });

  it('counts only what the workers that could take it have', () => {
    const workers = [worker({ stats: { slotsUsed: 4 } }), worker({ taskTypes: ['sql'] })];
    expect(named(started([{ name: 'a' }]), 'a', { workers }).reasons[1]).toMatchObject({
      text: 'All 4 slots of the 1 worker of worker group "default" are in use.',
      evidence: { workers: 2, workersOnline: 2, slots: 4, slotsUsed: 4 },
    });
  });
});

describe('a task whose worker is away', () => {
  function running(): RunFixture {
    const fixture = started([{ name: 'a' }]);
    fixture.place('a');
    fixture.started('a');
    fixture.advance(45_000);
    return fixture;
  }
  const codes = (workers: readonly WorkerRow[]) => named(running(), 'a', { workers }).reasons.map(({ code }) => code);

  it('is told since when, and what happens when the session of the worker ends', () => {
    const { reasons } = named(running(), 'a', { workers: [worker({})] });
    expect(reasons).toMatchObject([
      { code: 'worker_away', since: new Date(1_000_000).toISOString(), nextAt: new Date(1_060_000).toISOString() },
    ]);
    expect(reasons[0]!.text).toContain('45s');
    expect(reasons[0]!.next).toContain('1m');
    expect(codes([worker({ state: 'offline', updatedAt: 1_020_000 })])).toEqual(['worker_away']);
    expect(codes([])).toEqual(['worker_unknown']);
  });

  it('is not, while its worker is heard of', () => {
    expect(codes([worker({ lastHeartbeatAt: 1_040_000 })])).toEqual(['running']);
  });
});

describe('a task that waits for a slot of its task group', () => {
  const fixture = started([{ name: 'a', taskGroup: { name: 'writes', priority: 0 } }]);
  const row = fixture.current('a');
  const holder = { ...row, id: 'h' as TaskInstanceRow['id'], name: 'load', groupSlot: 0 };
  const group = { id: 'g' as never, name: 'writes', description: '', size: 1, open: true, createdAt: 1, updatedAt: 2 };
  const groups = (facts: GroupFacts) => new Map([['writes', facts]]);
  const reasonWith = (facts: GroupFacts) =>
    named(fixture, 'a', {
      groups: groups(facts),
      runs: new Map([[fixture.rows.instance.id, { ...fixture.rows.instance, number: 7 }]]),
    }).reasons[1];

  it('is told who holds the slots, and its place', () => {
    expect(reasonWith({ group, members: [holder, { ...row, id: 'first' as never }, row] })).toMatchObject({
      code: 'task_group_full',
      text: expect.stringContaining(
        'The only slot of task group "writes" is held, by "load" of test#7. 2 tasks wait for it; this one',
      ),
      next: expect.stringContaining('force-start'),
      evidence: { size: 1, held: 1, waiting: 2, position: 2 },
    });
  });

  it('is told when the group is closed, not there, or free', () => {
    expect(reasonWith({ group: { ...group, open: false }, members: [row] })?.code).toBe('task_group_closed');
    expect(reasonWith({ group: null, members: [] })?.code).toBe('task_group_missing');
    expect(reasonWith({ group, members: [row] })?.code).toBe('task_group_free');
  });

  it('is told once what was recorded and is so still', () => {
    const missing = started([{ name: 'a', taskGroup: { name: 'writes', priority: 0 } }]);
    const code = 'task_group_missing';
    missing.send({ type: 'SlotDelayed', taskInstanceId: missing.current('a').id, code, text: 'Gone.', evidence: {} });
    const { reasons } = named(missing, 'a', { groups: groups({ group: null, members: [] }) });
    expect(reasons.map((reason) => reason.code)).toEqual([code]);
    expect(reasons[0]!.next).toContain('force-start');
  });
});

describe('a task without a task instance', () => {
  const chain: TaskSpec[] = [{ name: 'a' }, { name: 'b', dependsOn: ['a'] }, { name: 'c', dependsOn: ['b'] }];

  it('waits for what comes before it, named with its state', () => {
    const fixture = started([...chain, { name: 'd', dependsOn: ['a', 'c'] }]);
    expect(named(fixture, 'd')).toMatchObject({
      kind: 'task',
      state: 'pending',
      summary: 'Waiting for "a" (submitted) and "c" (not started), which come before it.',
      reasons: [{ code: 'waiting_for_predecessor', taskName: 'd', evidence: { waitingFor: 2, of: 2 } }],
    });
  });

  it('is blocked by what failed, however far before it', () => {
    const fixture = started(chain);
    fixture.does('a', 'failure');
    expect(named(fixture, 'c')).toMatchObject({
      state: 'blocked',
      summary: 'It cannot start: "a", which comes before "c", failed. Exit code 1.',
      reasons: [{ code: 'blocked', next: expect.stringContaining('recover-failed'), evidence: { blockedBy: 'a' } }],
    });
    expect(whyInstance(factsOf(fixture)).reasons.map(({ code, taskName }) => [code, taskName])).toEqual([
      ['task_failed', null],
      ['blocked', null],
      ['task_failed', 'a'],
    ]);
  });

  it('was skipped by a branch, which is named with its choice', () => {
    const branch = { cases: [{ when: '1 < 2', then: ['yes'] }], otherwise: ['no'] };
    const fixture = started([
      { name: 'which', type: 'switch', config: branch },
      { name: 'yes', dependsOn: ['which'] },
      { name: 'no', dependsOn: ['which'] },
      { name: 'after', dependsOn: ['no'] },
    ]);
    for (const name of ['no', 'after']) {
      expect(named(fixture, name)).toMatchObject({
        state: 'skipped',
        summary: expect.stringContaining('switch task "which" went on with "yes"'),
        reasons: [{ code: 'skipped', evidence: { decidedBy: 'which', chosen: 'yes' } }],
      });
    }
  });

  it('is switched off, out of scope, or not there at all', () => {
    const fixture = started([...chain, { name: 'off', enabled: false }], {
      instance: { startTasks: ['b', 'off'], scope: 'downstream' },
    });
    expect(named(fixture, 'off').reasons).toMatchObject([{ code: 'disabled' }]);
    expect(named(fixture, 'a')).toMatchObject({ state: 'out_of_scope', reasons: [{ code: 'out_of_scope' }] });
    expect(() => named(fixture, 'bb')).toThrow(/no task “bb” in this run. Did you mean "b"/);
  });

  it('waits with its run, and with everybody while nobody leads', () => {
    const fixture = createRunFixture(chain, { grantsTurns: false });
    fixture.start();
    expect(named(fixture, 'b').reasons.map(({ code }) => code)).toEqual(['waiting_for_turn', 'run_not_started']);
    expect(named(fixture, 'b', { leaderName: null }).reasons[0]).toMatchObject({ code: 'no_leader' });
  });
});

describe('a run', () => {
  it('waits for others of its workflow, which are named', () => {
    const fixture = createRunFixture([{ name: 'a' }], { grantsTurns: false });
    fixture.start();
    const said = { code: 'waiting_for_other_runs' as const, text: 'Another run is live.', evidence: {} };
    fixture.send({ type: 'TurnDelayed', serial: true, ...said });
    const { instance } = fixture.rows;
    const rivals = [
      { ...instance, id: 'r1' as never, number: 3, state: 'running' as const, executionSlot: 0, queuedAt: null },
      { ...instance, id: 'r2' as never, number: 4, queuedAt: instance.queuedAt! - 1 },
    ];
    expect(whyInstance(factsOf(fixture, { rivals })).reasons).toMatchObject([
      { code: 'waiting_for_other_runs' },
      {
        code: 'runs_before_it',
        text: 'Live now: test#3 (running). 1 run of this workflow asked for its turn earlier.',
        evidence: { liveRuns: 1, waitingRuns: 2, waitingLonger: 1 },
      },
    ]);
  });

  it('that was set aside says so first, and what can be done', () => {
    const quarantine: Reason = { code: 'quarantined', text: 'Handling it threw.', since: 5 };
    const fixture = started([{ name: 'a' }], { instance: { quarantine } });
    expect(whyInstance(factsOf(fixture)).reasons[0]).toMatchObject({
      code: 'quarantined',
      next: 'retry tries it again, stop ends it',
    });
    expect(named(fixture, 'a').reasons[0]).toMatchObject({ code: 'quarantined' });
  });

  it('that stops says what it still waits for', () => {
    const fixture = started([{ name: 'a' }, { name: 'b' }]);
    fixture.place('a');
    fixture.stop('ann');
    const { reasons } = whyInstance(factsOf(fixture, { workers: [worker({})] }));
    expect(reasons.map(({ code }) => code)).toEqual(['stopped', 'stopping', 'kill_requested', 'killed']);
    expect(reasons[1]!.text).toBe('It waits for 1 task to end: "a" (dispatched).');
    expect(reasons[3]).toMatchObject({ taskName: 'b', text: expect.stringContaining('ann') });
  });

  it('of very many tasks explains the first of them, and says how many are left', () => {
    const fixture = started(Array.from({ length: 130 }, (_, i) => ({ name: `t${i}` })));
    const { reasons } = whyInstance(factsOf(fixture, { workers: [worker({})] }));
    expect(new Set(reasons.map(({ taskName }) => taskName)).size).toBe(101);
    expect(reasons.at(-1)).toMatchObject({ code: 'more_tasks', taskName: null, evidence: { tasks: 130 } });
  });

  it('that has succeeded has nothing to explain', () => {
    const fixture = started([{ name: 'a' }]);
    fixture.does('a');
    expect(whyInstance(factsOf(fixture))).toMatchObject({ summary: 'The run has ended: success.', reasons: [] });
  });
});

test('an attempt that has been replaced names the one that took its place', () => {
  const fixture = started([{ name: 'a', retry: { times: 1, intervalMs: 500, backoff: 'fixed', maxIntervalMs: 0 } }]);
  fixture.does('a', 'failure');
  const [first, second] = [...fixture.rows.tasks.values()];
  expect(whyTask(factsOf(fixture), first!).reasons).toMatchObject([
    { code: 'task_failed', next: null },
    { code: 'superseded', evidence: { attempt: 2, taskInstanceId: second!.id } },
  ]);
  expect(whyTask(factsOf(fixture), second!).reasons).toMatchObject([
    { code: 'waiting_for_retry', nextAt: new Date(fixture.now + 500).toISOString() },
  ]);
});

test('whatever happens to a run, all that waits or did not succeed has an answer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      wander(seed, 80, (_, fixture) => {
        const facts = factsOf(fixture);
        const { instance } = facts;
        if (instance.state !== 'success' && (isWorkflowTerminal(instance.state) || instance.queuedAt !== null))
          expect(whyInstance(facts).reasons.length, instance.state).toBeGreaterThan(0);
        for (const row of facts.tasks) {
          const { reasons } = whyTask(facts, row);
          if (!isTaskTerminal(row.state) || row.state !== 'success')
            expect(reasons.length, `${row.name} ${row.state}`).toBeGreaterThan(0);
          if (isTaskTerminal(row.state) && !row.current) expect(reasons.at(-1)?.code).toBe('superseded');
        }
        for (const name of facts.run!.graph.names) {
          const answer = whyTaskNamed(facts, name);
          if (answer.kind === 'task') expect(answer.reasons.length, `${name} ${answer.state}`).toBeGreaterThan(0);
          for (const { text, code } of answer.reasons) expect(text.length * code.length).toBeGreaterThan(0);
        }
      });
    }),
    { numRuns: 60 },
  );
});
