import type { TaskInstanceId } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import { describe, expect, it } from 'vitest';
import type { TaskPorts } from '../ports.ts';
import { runTask, type TaskOrder } from '../run-task.ts';
import { SUCCESS, type TaskContext, type TaskOutcome } from '../task-type.ts';
import { wantedFiles } from './file-params.ts';
import type { FileTransfer } from './file-transfer.ts';

const A = `vaquita-file:${'a'.repeat(26)}/report/a.csv`;
const B = `vaquita-file:${'b'.repeat(26)}/pages/pages/`;

const wanted = (params: Record<string, string>, config: Record<string, unknown>, files?: readonly string[]) =>
  wantedFiles({ params, config, files }).map(({ param }) => param);

describe('wantedFiles', () => {
  it.each([
    'cat "$report"',
    'cat "${report}"',
    'cat ${report:-none}',
    'open(process.env.report)',
    'report',
    'cat inputs/report/a.csv',
  ])('takes a parameter that the settings name: %s', (script) => {
    expect(wanted({ report: A }, { script })).toEqual(['report']);
  });

  it.each(['', 'cat "$reports"', 'cat $my_report', 'REPORT', 'report2', '$1report'])(
    'leaves one that they do not name: %s',
    (script) => {
      expect(wanted({ report: A }, { script })).toEqual([]);
    },
  );

  it('finds the variable of a name that is none itself, and names at any depth of the settings', () => {
    expect(wanted({ 'daily.report': A }, { script: 'cat "$daily_report"' })).toEqual(['daily.report']);
    expect(wanted({ report: A }, { steps: [{ run: ['x', '!{report}'] }] })).toEqual(['report']);
  });

  it('takes a declared one whether it is named or not, and before others', () => {
    expect(wanted({ report: A, input: A }, { script: 'cat "$report"' }, ['input'])).toEqual(['input', 'report']);
  });

  it('takes nothing that is not a reference and nothing else', () => {
    expect(wanted({ report: '/tmp/a', text: `see ${A}` }, { script: '$report $text' }, ['report'])).toEqual([]);
  });
});

interface Attempt {
  readonly order?: Partial<TaskOrder>;
  readonly transfer?: FileTransfer | null;
  readonly work?: (context: TaskContext) => Promise<TaskOutcome>;
}

function start({ order = {}, transfer = null, work = async () => SUCCESS }: Attempt) {
  const clock = createManualClock(1_000);
  const log: string[] = [];
  const run = runTask({
    type: { name: 'test', usesProcess: false, run: work },
    order: {
      params: {},
      config: {},
      environment: {},
      outputs: [{ name: 'report', type: 'file' }],
      businessTime: 0,
      timezone: 'UTC',
      timeoutMs: null,
      ...order,
    },
    clock,
    ports: {} as TaskPorts,
    workDir: '/job',
    transfer,
    baseEnv: () => ({}),
    write: (_, text) => log.push(text),
    onStarted() {},
  });
  return { run, clock, log };
}

const setsReport = async ({ outputs }: TaskContext): Promise<TaskOutcome> => {
  outputs.set('report', 'a.csv');
  return { ...SUCCESS, exitCode: 0 };
};

/** Resolves when it is called, and then never ends by itself. */
function hanging() {
  const called = Promise.withResolvers<void>();
  const hang = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('broken off')));
      called.resolve();
    });
  return { called: called.promise, hang };
}

describe('an attempt with files', () => {
  it('gets paths in the place of references, in its parameters and its environment', async () => {
    const received: string[] = [];
    const seen: TaskContext[] = [];
    const { run, log } = start({
      order: {
        params: { report: A, input: A, pages: B, other: B.replace('b', 'c') },
        config: { script: '$report $pages' },
        files: ['input'],
      },
      transfer: {
        async receive(param, { taskInstanceId, fileName }) {
          received.push(`${param} ${taskInstanceId satisfies TaskInstanceId}`);
          return `/job/inputs/${param}/${fileName}`;
        },
        send: async () => '',
      },
      async work(context) {
        seen.push(context);
        return SUCCESS;
      },
    });
    expect(await run.report).toMatchObject({ state: 'success' });
    expect(received).toEqual([`input ${'a'.repeat(26)}`, `pages ${'b'.repeat(26)}`]);
    const paths = {
      input: '/job/inputs/input/a.csv',
      report: '/job/inputs/input/a.csv',
      pages: '/job/inputs/pages/pages',
    };
    expect(seen[0]!.params).toMatchObject({ ...paths, other: B.replace('b', 'c') });
    expect(seen[0]!.childEnv).toMatchObject(paths);
    expect(log.join('')).toContain('fetched the file a.csv for input');
  });

  it('does not begin when a file cannot be had, and says which', async () => {
    let began = false;
    const { run } = start({
      order: { params: { report: A }, files: ['report'] },
      transfer: { receive: () => Promise.reject(new Error('its files were removed')), send: async () => '' },
      async work() {
        began = true;
        return SUCCESS;
      },
    });
    expect(await run.report).toMatchObject({
      state: 'failure',
      error: 'The file for the parameter "report": its files were removed',
    });
    expect(began).toBe(false);
  });

  it('puts out a reference once the file is kept', async () => {
    const transfer: FileTransfer = { receive: async () => '', send: async (output, path) => `kept ${output} ${path}` };
    const { run } = start({ transfer, work: setsReport });
    expect(await run.report).toMatchObject({ state: 'success', exitCode: 0, outputs: { report: 'kept report a.csv' } });
  });

  it('fails when a file cannot be kept, and when it has no folder', async () => {
    const transfer: FileTransfer = {
      receive: async () => '',
      send: () => Promise.reject(new Error('it is too large')),
    };
    expect(await start({ transfer, work: setsReport }).run.report).toMatchObject({
      state: 'failure',
      exitCode: 0,
      outputs: {},
      error: 'The output "report": it is too large',
    });
    expect(await start({ work: setsReport }).run.report).toMatchObject({
      state: 'failure',
      error: expect.stringContaining('"report"'),
    });
  });

  it('sends nothing when it failed', async () => {
    const transfer: FileTransfer = { receive: async () => '', send: () => Promise.reject(new Error('sent')) };
    const work = async (context: TaskContext): Promise<TaskOutcome> => {
      await setsReport(context);
      return { state: 'failure', exitCode: 3, signal: null, error: 'no' };
    };
    expect(await start({ transfer, work }).run.report).toMatchObject({ state: 'failure', error: 'no', outputs: {} });
  });

  it('can be killed while a file is on its way, in both directions', async () => {
    const order = { state: 'killed', text: 'stopped by a person', graceMs: 0 } as const;
    const sending = hanging();
    const first = start({
      transfer: { receive: async () => '', send: (_, __, signal) => sending.hang(signal) },
      work: setsReport,
    });
    await sending.called;
    first.run.stop(order);
    expect(await first.run.report).toMatchObject({ state: 'killed', error: order.text, outputs: {} });

    const fetching = hanging();
    const second = start({
      order: { params: { report: A }, files: ['report'] },
      transfer: { receive: (_, __, signal) => fetching.hang(signal), send: async () => '' },
    });
    await fetching.called;
    second.run.stop(order);
    expect(await second.run.report).toMatchObject({ state: 'killed', error: order.text });
  });

  it('runs into its timeout while a file is on its way', async () => {
    const sending = hanging();
    const { run, clock } = start({
      order: { timeoutMs: 60_000 },
      transfer: { receive: async () => '', send: (_, __, signal) => sending.hang(signal) },
      work: setsReport,
    });
    await sending.called;
    await clock.advance(60_000);
    expect(await run.report).toMatchObject({ state: 'timeout', error: expect.stringContaining('60000 ms') });
  });
});
