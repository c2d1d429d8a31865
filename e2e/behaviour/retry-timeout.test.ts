/** Retries with their intervals, timeouts with their kills, delays: what real time does to real processes. */
import { readFileSync } from 'node:fs';
import type { EventView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { defineAndStart, logOf, taskOf, tasksOf, waitForRun } from '../support/runs.ts';
import { append } from '../support/scratch.ts';
import { useStage } from '../support/stage.ts';

const stage = useStage({ workers: { clockwork: {} } });

describe('retry', () => {
  it('tries as often as told, no sooner than told, and fails with the last exit code', async () => {
    const run = await defineAndStart(stage.client, {
      name: 'always-fails',
      tasks: [
        {
          name: 'broken',
          type: 'shell',
          script: `${append(stage.scratch, 'broken', 'try')}; exit $(wc -l < '${stage.scratch.path('broken')}')`,
          retry: { times: 2, interval: '400ms' },
        },
        { name: 'after', type: 'noop', dependsOn: ['broken'] },
      ],
    });
    const ended = await waitForRun(stage.client, run, 'failure');
    expect(ended.reason?.text).toContain('broken');
    const tries = await tasksOf(stage.client, run);
    expect(
      tries.map(({ name, attempt, retryTimes, exitCode, state, current }) => [
        name,
        attempt,
        retryTimes,
        exitCode,
        state,
        current,
      ]),
    ).toEqual([
      ['broken', 1, 0, 1, 'failure', false],
      ['broken', 2, 1, 2, 'failure', false],
      ['broken', 3, 2, 3, 'failure', true],
    ]);
    for (const [i, next] of tries.slice(1).entries()) {
      expect(Date.parse(next.startedAt!) - Date.parse(tries[i]!.endedAt!)).toBeGreaterThanOrEqual(400);
      expect(next.firstSubmittedAt).toBe(tries[0]!.firstSubmittedAt);
    }
    expect(stage.scratch.lines('broken')).toHaveLength(3);
  });
});

describe('the timeout of a task', () => {
  it('kills all its processes and counts as a failure, with its retries', async () => {
    const pids = stage.scratch.path('timed-out-pids');
    const run = await defineAndStart(stage.client, {
      name: 'too-slow',
      tasks: [
        {
          name: 'slow',
          type: 'shell',
          script: `sleep 300 & echo $! >> '${pids}'; echo begun; wait`,
          // Long enough for a busy machine to start the two processes.
          timeout: { after: '3s', strategy: 'fail' },
          retry: { times: 1, interval: '100ms' },
        },
      ],
    });
    await waitForRun(stage.client, run, 'failure');
    const tries = await tasksOf(stage.client, run);
    expect(tries.map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'failure'],
      [2, 'failure'],
    ]);
    for (const one of tries) {
      expect(one.reason?.text).toMatch(/time/i);
      expect(await logOf(stage.client, one)).toContain('begun');
    }
    const children = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(children).toHaveLength(2);
    await eventually('the processes to be gone', () => !children.some(isAlive));
  });

  it('only warns when that is its strategy', async () => {
    const run = await defineAndStart(stage.client, {
      name: 'slow-but-allowed',
      tasks: [{ name: 'slow', type: 'shell', script: 'sleep 1.2', timeout: { after: '300ms', strategy: 'warn' } }],
    });
    await waitForRun(stage.client, run, 'success');
    const events: EventView[] = [];
    for await (const event of stage.client.instances.allEvents(run.id)) events.push(event);
    expect(events.filter(({ type }) => type === 'task_instance.warning')).toHaveLength(1);
  });
});

describe('the timeout of a run', () => {
  it('ends what runs and the run as failed', async () => {
    const run = await defineAndStart(stage.client, {
      name: 'run-too-slow',
      timeout: { after: '800ms', strategy: 'fail' },
      tasks: [
        { name: 'slow', type: 'shell', script: 'sleep 300' },
        { name: 'after', type: 'noop', dependsOn: ['slow'] },
      ],
    });
    const ended = await waitForRun(stage.client, run, 'failure');
    expect(ended.reason?.text).toMatch(/time/i);
    expect((await tasksOf(stage.client, run)).map(({ name, state }) => [name, state])).toEqual([['slow', 'killed']]);
  });
});

describe('what a task prints and gives', () => {
  it('arrives whole and in order, with both streams, and outputs reach what follows', async () => {
    const run = await defineAndStart(stage.client, {
      name: 'talkative',
      tasks: [
        {
          name: 'speaker',
          type: 'shell',
          script: [
            'i=1; while [ $i -le 5000 ]; do echo "line $i of five thousand"; i=$((i + 1)); done',
            'echo "to the other stream" >&2',
            'echo "::set-output greeting=Grüße, mit Leerzeichen; \\$HOME und \'Anführung\'"',
          ].join('\n'),
          outputs: [{ name: 'greeting', type: 'string' }],
        },
        {
          name: 'listener',
          type: 'node',
          script: 'console.log(JSON.stringify(process.env.greeting));',
          dependsOn: ['speaker'],
        },
      ],
    });
    await waitForRun(stage.client, run, 'success');
    const speaker = await taskOf(stage.client, run, 'speaker');
    const log = await logOf(stage.client, speaker);
    const numbered = log.split('\n').filter((line) => line.includes('of five thousand'));
    expect(numbered).toEqual(Array.from({ length: 5000 }, (_, i) => `line ${i + 1} of five thousand`));
    expect(log).toContain('to the other stream');
    const greeting = "Grüße, mit Leerzeichen; $HOME und 'Anführung'";
    expect(speaker.outputs).toEqual({ greeting });
    expect(await logOf(stage.client, await taskOf(stage.client, run, 'listener'))).toContain(JSON.stringify(greeting));
  });
});
