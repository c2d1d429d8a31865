/**
 * Every verb in every state a run can be in: what is possible is carried out and audited, what is not is refused with
 * the state and the reason, changes nothing and is not audited. One by one, and of many runs in one call.
 */
import { ApiError, type BulkAction, type InstanceView } from '@vaquita/client';
import type { WorkflowState } from '@vaquita/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { carriedOut, define, type Run, start, waitForRun, waitForTask } from '../support/runs.ts';
import { waitAtPathIn } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

/** A project may have so many live runs; the runs of one project take all its places, so that one more waits. */
const PLACES = 12;
const CROWDED = 'crowded';

const stage = useStage({
  env: { VAQUITA_MAX_LIVE_RUNS_PER_PROJECT: String(PLACES) },
  workers: { hand: { slots: 8 } },
});

const VERBS = ['pause', 'resume', 'stop', 'recover-failed', 'rerun', 'rerun-from', 'retry', 'signal'] as const;
type Verb = (typeof VERBS)[number];

interface HeldRun extends Run {
  readonly gate: string;
}

let gates = 0;
let opened: string[] = [];
let begun: HeldRun[] = [];

/** Deaf to SIGTERM while it waits, so that a run stays a while in the states that lie between. */
const TASKS = [
  { name: 'held', type: 'shell', script: `trap '' TERM; ${waitAtPathIn('gate')}` },
  { name: 'hears', type: 'wait', signal: 'go' },
  { name: 'check', type: 'shell', script: 'test "$verdict" = good', dependsOn: ['held', 'hears'] },
];
const PARAMS = [
  { name: 'gate', type: 'string' },
  { name: 'verdict', type: 'string', value: 'good' },
];

beforeAll(async () => {
  await define(stage.client, { name: 'any', params: PARAMS, tasks: TASKS });
  await define(stage.client, { name: 'serial', execution: 'serial_wait', params: PARAMS, tasks: TASKS });
  await define(stage.client, { name: 'any', params: PARAMS, tasks: TASKS }, CROWDED);
  await define(stage.client, { name: 'filler', tasks: [{ name: 'waits', type: 'wait', for: '1h' }] }, CROWDED);
  const fillers = await Promise.all(Array.from({ length: PLACES }, () => start(stage.client, 'filler', {}, CROWDED)));
  for (const filler of fillers) await reached(filler, 'running');
});

afterEach(async () => {
  for (const { gate } of begun) open(gate);
  const { items } = await stage.client.instances.actOnMany({ action: 'stop', ids: begun.map(({ id }) => id) });
  expect(items.every(({ status }) => status !== 'not_found')).toBe(true);
  begun = [];
  opened = [];
});

function open(gate: string): void {
  if (!opened.includes(gate)) stage.scratch.open(gate);
  opened.push(gate);
}

interface Begin {
  readonly params?: Readonly<Record<string, string>>;
  readonly project?: string;
}

async function begin(workflow: string, { params = {}, project }: Begin = {}): Promise<HeldRun> {
  gates += 1;
  const gate = `gate-${gates}`;
  const request = { params: { gate: stage.scratch.path(gate), ...params } };
  const run = { ...(await start(stage.client, workflow, request, project)), gate };
  begun.push(run);
  return run;
}

async function beginRunning(params: Readonly<Record<string, string>> = {}): Promise<HeldRun> {
  const run = await begin('any', { params });
  await waitForTask(stage.client, run, 'held', ({ state }) => state === 'running');
  await waitForTask(stage.client, run, 'hears', ({ state }) => state === 'running');
  return run;
}

async function beginEnded(verdict: 'good' | 'bad'): Promise<HeldRun> {
  const run = await beginRunning({ verdict });
  open(run.gate);
  await carriedOut(stage.client, stage.client.instances.signal(run.id, { name: 'go' }));
  return run;
}

type Reachable = Exclude<WorkflowState, 'failover'>;

/** A new run, on its way to each of the states. */
const WAYS: Readonly<Record<Reachable, () => Promise<HeldRun>>> = {
  submitted: () => begin('any', { project: CROWDED }),
  async serial_wait() {
    await reached(await begin('serial'), 'running');
    return begin('serial');
  },
  running: () => beginRunning(),
  async ready_pause() {
    const run = await beginRunning();
    await carriedOut(stage.client, stage.client.instances.pause(run.id));
    return run;
  },
  async paused() {
    const run = await WAYS.ready_pause();
    open(run.gate);
    return run;
  },
  async ready_stop() {
    const run = await beginRunning();
    await carriedOut(stage.client, stage.client.instances.stop(run.id));
    return run;
  },
  async stopped() {
    const run = await WAYS.ready_stop();
    open(run.gate);
    return run;
  },
  failure: () => beginEnded('bad'),
  success: () => beginEnded('good'),
};
const STATES = Object.keys(WAYS) as Reachable[];

function reached(run: Run, state: WorkflowState, runCounter = 1): Promise<InstanceView> {
  return eventually(`the run to be ${state}`, async () => {
    const instance = await stage.client.instances.get(run.id);
    // With its number, so that the leader has taken it.
    return instance.state === state && instance.number !== null && instance.runCounter === runCounter && instance;
  });
}

async function bring(state: Reachable): Promise<HeldRun> {
  const run = await WAYS[state]();
  await reached(run, state);
  return run;
}

/** What follows: the state and the run counter; `same`: accepted, and nothing changes; or refused, and why. */
type Cell = readonly [WorkflowState, number] | 'same' | { readonly refused: string };

const no = (refused: string): Cell => ({ refused });
type Row = Readonly<Record<Verb, Cell>>;

/** Of a run that has not ended: it is not begun again before it is stopped. */
const live = (row: Omit<Row, 'rerun' | 'rerun-from' | 'retry'>, again = no('stop it first')): Row => ({
  ...row,
  rerun: again,
  'rerun-from': again,
  retry: no('set aside'),
});
/** Of a run that has ended: there is nothing left to pause, to stop or to tell. */
const ended = (row: Pick<Row, 'resume' | 'recover-failed' | 'rerun' | 'rerun-from'>): Row => ({
  ...row,
  pause: no('has ended'),
  stop: no('has ended'),
  retry: no('has ended'),
  signal: no('waits for a signal'),
});
const WAITING = live({
  pause: ['paused', 1],
  resume: no('about to go on'),
  stop: ['stopped', 1],
  'recover-failed': no('about to go on'),
  signal: no('waits for a signal'),
});
const TABLE: Readonly<Record<Reachable, Row>> = {
  submitted: WAITING,
  serial_wait: WAITING,
  running: live({
    pause: ['ready_pause', 1],
    resume: no('it is running'),
    stop: ['ready_stop', 1],
    'recover-failed': no('still running'),
    signal: ['running', 1],
  }),
  ready_pause: live({
    pause: 'same',
    resume: no('still pausing'),
    stop: ['ready_stop', 1],
    'recover-failed': no('still pausing'),
    signal: no('pausing'),
  }),
  paused: {
    pause: 'same',
    resume: ['running', 2],
    stop: ['stopped', 1],
    'recover-failed': ['running', 2],
    rerun: ['running', 2],
    'rerun-from': ['running', 2],
    retry: no('has ended'),
    signal: no('resume it first'),
  },
  ready_stop: live(
    {
      pause: no('stopping'),
      resume: no('still stopping'),
      stop: 'same',
      'recover-failed': no('still stopping'),
      signal: no('waits for a signal'),
    },
    no('still stopping'),
  ),
  stopped: ended({
    resume: ['running', 2],
    'recover-failed': ['running', 2],
    rerun: ['running', 2],
    'rerun-from': ['running', 2],
  }),
  failure: ended({
    resume: no('has ended'),
    'recover-failed': ['failure', 2],
    rerun: ['running', 2],
    'rerun-from': ['failure', 2],
  }),
  success: ended({
    resume: no('has ended'),
    'recover-failed': no('has failed'),
    rerun: ['running', 2],
    'rerun-from': ['success', 2],
  }),
};

const isRefusal = (cell: Cell): cell is { readonly refused: string } => typeof cell === 'object' && 'refused' in cell;

function ask(run: Run, verb: Verb) {
  const { instances } = stage.client;
  switch (verb) {
    case 'recover-failed':
      return instances.recoverFailed(run.id);
    case 'rerun-from':
      return instances.rerunFrom(run.id, { tasks: ['held'] });
    case 'signal':
      return instances.signal(run.id, { name: 'go' });
    default:
      return instances[verb](run.id);
  }
}

/** What is in the audit log about the run, beside its start. */
async function auditOf(run: Run) {
  const { items } = await stage.client.audit.list({ limit: 200 });
  return items.filter(({ action, data }) => data.id === run.id && action !== 'workflow_instance.start');
}

async function refusalOf(asked: Promise<unknown>): Promise<ApiError> {
  return asked.then(
    () => expect.unreachable('it was accepted'),
    (thrown) => {
      if (thrown instanceof ApiError) return thrown;
      throw thrown;
    },
  );
}

describe('one run', () => {
  it.each(STATES)('%s refuses what it cannot do, says why, and stays as it is', async (state) => {
    const run = await bring(state);
    const before = { run: await stage.client.instances.get(run.id), audit: await auditOf(run) };
    for (const verb of VERBS) {
      const cell = TABLE[state][verb];
      if (!isRefusal(cell)) continue;
      const refusal = await refusalOf(ask(run, verb));
      expect(refusal, verb).toMatchObject({ status: 409, code: 'conflict' });
      expect(refusal.detail, verb).toContain(`“${state}”`);
      expect(refusal.detail, verb).toContain(cell.refused);
    }
    expect({ run: await stage.client.instances.get(run.id), audit: await auditOf(run) }).toEqual(before);
  });

  const possible = STATES.flatMap((state) =>
    VERBS.filter((verb) => !isRefusal(TABLE[state][verb])).map((verb) => [state, verb] as const),
  );

  it.each(possible)('%s: %s', async (state, verb) => {
    const run = await bring(state);
    const before = await stage.client.instances.get(run.id);
    const { operationId } = await carriedOut(stage.client, ask(run, verb));
    const [line] = await auditOf(run);
    expect(line).toMatchObject({
      actor: 'admin',
      action: `workflow_instance.${verb}`,
      subject: `${before.workflowName}#${before.number}`,
    });
    expect(line!.data).toMatchObject({ operationId, stateBefore: state });
    const cell = TABLE[state][verb];
    if (cell === 'same') {
      const { state: stays, runCounter, reason } = await stage.client.instances.get(run.id);
      expect({ stays, runCounter, reason }).toEqual({ stays: state, runCounter: 1, reason: before.reason });
    } else if (!isRefusal(cell)) {
      await reached(run, ...cell);
    }
  });

  it('hears a signal only when it waits for it, and says what it waits for', async () => {
    const run = await bring('running');
    const wrong = await refusalOf(stage.client.instances.signal(run.id, { name: 'og' }));
    expect(wrong).toMatchObject({ status: 400 });
    expect(JSON.stringify(wrong.errors)).toMatch(/\\"og\\".*go/);
    await carriedOut(stage.client, stage.client.instances.signal(run.id, { name: 'go' }));
    expect((await waitForTask(stage.client, run, 'hears', ({ state }) => state === 'success')).reason?.text).toContain(
      'go',
    );
    open(run.gate);
    await waitForRun(stage.client, run, 'success');
  });
});

describe('many runs in one call', () => {
  const BULK = ['pause', 'resume', 'recover-failed', 'rerun', 'retry', 'stop'] as const satisfies readonly BulkAction[];

  it.each(BULK)('%s: each is answered by itself, a dry run tells the same and does nothing', async (action) => {
    const runs = new Map<Reachable, HeldRun>();
    for (const state of STATES) runs.set(state, await bring(state));
    const ids = [...[...runs.values()].map(({ id }) => id), 'no-such-run'];
    const preview = await stage.client.instances.actOnMany({ action, ids, dryRun: true });
    for (const [state, run] of runs) expect((await stage.client.instances.get(run.id)).state).toBe(state);

    const { items } = await stage.client.instances.actOnMany({ action, ids });
    expect(items.map(({ operationId, ...item }) => item)).toEqual(
      preview.items.map(({ operationId, ...item }) => item),
    );
    expect(items.at(-1)).toMatchObject({ id: 'no-such-run', status: 'not_found' });
    for (const [index, [state, run]] of [...runs].entries()) {
      const item = items[index]!;
      const cell = TABLE[state][action];
      expect(item).toMatchObject({ id: run.id, state });
      const lines = (await auditOf(run)).filter((line) => line.data.bulk !== undefined);
      if (isRefusal(cell)) {
        expect(item).toMatchObject({
          status: 'refused',
          operationId: null,
          reason: expect.stringContaining(cell.refused),
        });
        expect(lines).toEqual([]);
        continue;
      }
      expect(item).toMatchObject({ status: 'accepted', reason: null, operationId: expect.any(String) });
      expect(lines.map(({ action: audited, data }) => [audited, data.operationId, data.stateBefore])).toEqual([
        [`workflow_instance.${action}`, item.operationId, state],
      ]);
      if (cell !== 'same') await reached(run, ...cell);
    }
  });
});
