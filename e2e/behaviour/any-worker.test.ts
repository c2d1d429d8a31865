/**
 * What every worker does, whatever it is written in: the agent, and the worker in Python that was written from PROTOCOL.md
 * alone. The latter needs Python with `websockets`; `tools/install-python.sh` brings both on Debian.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSilentProxy } from '../chaos/world/silent-proxy.ts';
import { isAlive } from '../support/is-alive.ts';
import { eventually } from '../support/poll.ts';
import { noPython, PYTHON_WORKER, python, pythonWorker } from '../support/python.ts';
import { defineAndStart, type Run, taskOf, tasksOf, waitForRun, waitForTask } from '../support/runs.ts';
import { append, waitAt } from '../support/scratch.ts';
import { SHORT_HEARTBEAT, type StageWorker, useStage } from '../support/stage.ts';
import { startTestWorker, type WorkerProgram } from '../support/worker.ts';

const WORKERS: readonly {
  readonly name: string;
  readonly program: WorkerProgram | undefined;
  /** Why it is left out on this machine. */
  readonly leftOut: string | undefined;
}[] = [
  { name: 'the agent', program: undefined, leftOut: undefined },
  { name: 'the worker in Python', program: pythonWorker, leftOut: noPython },
];

describe.each(WORKERS)('$name', ({ program, leftOut }) => {
  // In CI on Debian a missing Python is an error, not a reason to leave it out (e2e/support/python.ts).
  describe.skipIf(leftOut !== undefined)(
    `what every worker does${leftOut === undefined ? '' : ` (left out: ${leftOut})`}`,
    () => {
      const stage = useStage({ each: true });
      const started = program === undefined ? {} : { program };

      const join = (name: string, more: StageWorker = {}) => stage.join(name, { slots: 2, ...started, ...more });

      const runShell = (script: string, more: object = {}): Promise<Run> =>
        defineAndStart(stage.client, { name: 'shell', tasks: [{ name: 'task', type: 'shell', script, ...more }] });

      /** Its first attempt waits at the gate. */
      function heldOnce(): string {
        const first = `if mkdir '${stage.scratch.path('once')}' 2>/dev/null; then ${waitAt(stage.scratch, 'gate')}; fi`;
        return `${first}; ${append(stage.scratch, 'ledger', 'done')}`;
      }

      async function onlyWorker() {
        return (await stage.client.workers.list({ limit: 10 })).items[0]!;
      }

      async function logOf(run: Run): Promise<string> {
        const { id } = await taskOf(stage.client, run, 'task');
        return (await stage.client.taskInstances.log(id)).text;
      }

      it('runs a script with its parameters, keeps what it prints, and hands its outputs on', async () => {
        await join('w');
        const run = await defineAndStart(stage.client, {
          name: 'handed on',
          params: [{ name: 'who', type: 'string', value: `wörld $(touch '${stage.scratch.path('injected')}')` }],
          tasks: [
            {
              name: 'task',
              type: 'shell',
              script: 'echo "hello $who"; echo oops >&2; echo "::set-output rows=7"; echo "in $PWD"',
              outputs: [{ name: 'rows', type: 'integer' }],
            },
            { name: 'next', type: 'shell', script: append(stage.scratch, 'ledger', 'rows $rows'), dependsOn: ['task'] },
          ],
        });
        await waitForRun(stage.client, run, 'success');
        expect(stage.scratch.lines('ledger')).toEqual(['rows 7']);
        const log = await eventually('the whole log', async () => {
          const text = await logOf(run);
          return text.includes('oops') && text.includes('in /') ? text : undefined;
        });
        expect(log).toContain(`hello wörld $(touch '${stage.scratch.path('injected')}')`);
        expect(stage.scratch.lines('injected')).toEqual([]);
        expect(await taskOf(stage.client, run, 'task')).toMatchObject({ state: 'success', exitCode: 0, worker: 'w' });
      });

      it('says how a script failed, and that an output is not what was declared', async () => {
        await join('w');
        const failed = await runShell('echo before; exit 7');
        await waitForRun(stage.client, failed, 'failure');
        expect(await taskOf(stage.client, failed, 'task')).toMatchObject({ state: 'failure', exitCode: 7 });
        const wrong = await defineAndStart(stage.client, {
          name: 'wrong',
          tasks: [
            {
              name: 'task',
              type: 'shell',
              script: 'echo "::set-output rows=many"',
              outputs: [{ name: 'rows', type: 'integer' }],
            },
          ],
        });
        await waitForRun(stage.client, wrong, 'failure');
        expect((await taskOf(stage.client, wrong, 'task')).reason?.text).toContain('rows');
      });

      it('ends a task with all that it started when the run is stopped', async () => {
        await join('w');
        const run = await runShell(
          `sleep 300 & echo $! > '${stage.scratch.path('pid')}'; ${append(stage.scratch, 'ready', 'y')}; wait`,
        );
        await eventually('the task to be at work', () => stage.scratch.lines('ready').length > 0);
        const pid = Number(stage.scratch.lines('pid')[0]);
        await stage.client.instances.stop(run.id);
        await waitForRun(stage.client, run, 'stopped');
        expect(await taskOf(stage.client, run, 'task')).toMatchObject({ state: 'killed' });
        await eventually('its child to be gone', () => !isAlive(pid));
      });

      it('ends what ignores the polite request by force', async () => {
        await join('w');
        const run = await runShell(`trap '' TERM; ${append(stage.scratch, 'ready', 'y')}; while :; do sleep 0.1; done`);
        await eventually('the task to be at work', () => stage.scratch.lines('ready').length > 0);
        await stage.client.instances.stop(run.id);
        await waitForRun(stage.client, run, 'stopped');
      });

      it('ends a task at its timeout', async () => {
        await join('w');
        const run = await runShell(`${append(stage.scratch, 'ledger', 'begun')}; sleep 300`, {
          // Long enough for a busy machine to begin.
          timeout: { after: '3s', strategy: 'fail' },
        });
        await waitForRun(stage.client, run, 'failure');
        expect((await taskOf(stage.client, run, 'task')).reason?.text).toMatch(/timeout/i);
        expect(stage.scratch.lines('ledger')).toEqual(['begun']);
      });

      it('goes on with a task while its server is killed and started again, and delivers its result once', async () => {
        await join('w');
        const run = await runShell(
          `${append(stage.scratch, 'ledger', 'ran')}; ${waitAt(stage.scratch, 'gate')}; echo after`,
        );
        await waitForTask(stage.client, run, 'task', ({ state }) => state === 'running');
        await stage.server.kill9();
        stage.scratch.open('gate');
        await stage.server.restart();
        await waitForRun(stage.client, run, 'success');
        expect(stage.scratch.lines('ledger')).toEqual(['ran']);
        expect(await tasksOf(stage.client, run)).toHaveLength(1);
        await eventually('the log after the restart', async () => (await logOf(run)).includes('after'));
      });

      it('is given up when it falls silent, and its task runs elsewhere; what it says later changes nothing', async () => {
        const first = await join('first', { slots: 1, args: SHORT_HEARTBEAT });
        const run = await runShell(heldOnce());
        await waitForTask(stage.client, run, 'task', ({ state }) => state === 'running');
        first.freeze();
        await join('second', { slots: 1 });
        await waitForRun(stage.client, run, 'success');
        // Its script is not frozen with it, and ends before the worker can be told to end it.
        stage.scratch.open('gate');
        await eventually('the late one to be done too', () => stage.scratch.lines('ledger').length === 2);
        first.thaw();
        await eventually('the first to be back', async () => {
          const { items } = await stage.client.workers.list({ limit: 10 });
          return items.every(({ state }) => state === 'online');
        });
        const tasks = await tasksOf(stage.client, run);
        expect(tasks.map(({ state, worker }) => [state, worker])).toEqual([
          ['need_fault_tolerance', 'first'],
          ['success', 'second'],
        ]);
      });

      it('P6: is back before it is given up when the network forgets its connection, and nothing runs twice', async () => {
        const proxy = await startSilentProxy(Number(new URL(stage.server.url).port));
        onTestFinished(() => proxy.close());
        // Long enough for a busy machine: it has as long to come back as an answer may be late.
        await join('w', { url: `http://127.0.0.1:${proxy.port}`, args: ['--heartbeat', '2s'] });
        const run = await runShell(`${append(stage.scratch, 'ledger', 'ran')}; ${waitAt(stage.scratch, 'gate')}`);
        const { connectedAt } = await onlyWorker();
        await waitForTask(stage.client, run, 'task', ({ state }) => state === 'running');
        proxy.silence('drop');
        proxy.hear();
        await eventually('it to be back', async () => (await onlyWorker()).connectedAt !== connectedAt, {
          withinMs: 30_000,
        });
        stage.scratch.open('gate');
        await waitForRun(stage.client, run, 'success');
        expect(await tasksOf(stage.client, run)).toHaveLength(1);
        expect(stage.scratch.lines('ledger')).toEqual(['ran']);
      });

      it('gives back what runs when it is told to end, and the task is done by another', async () => {
        const first = await join('first', { slots: 1, args: ['--grace', '0s'] });
        const run = await runShell(heldOnce());
        await waitForTask(stage.client, run, 'task', ({ state }) => state === 'running');
        await join('second', { slots: 1 });
        expect(await first.end('SIGTERM')).toMatchObject({ code: 0 });
        await waitForRun(stage.client, run, 'success');
        expect(stage.scratch.lines('ledger')).toEqual(['done']);
      });

      it('takes no more than it has slots for', async () => {
        await join('w', { slots: 2 });
        const fan = Array.from({ length: 6 }, (_, i) => ({
          name: `t${i}`,
          type: 'shell',
          script: `${append(stage.scratch, 'ledger', '+')}; sleep 0.2; ${append(stage.scratch, 'ledger', '-')}`,
        }));
        const run = await defineAndStart(stage.client, { name: 'fan', tasks: fan });
        await waitForRun(stage.client, run, 'success');
        let running = 0;
        const most = Math.max(...stage.scratch.lines('ledger').map((line) => (running += line === '+' ? 1 : -1)));
        expect(most).toBe(2);
      });

      it('says what is wrong with its token, and ends', async () => {
        await using worker = await startTestWorker({
          url: stage.server.url,
          token: 'vqw_wrong',
          name: 'w',
          ...started,
        });
        expect((await worker.ended()).code).not.toBe(0);
        expect(worker.log()).toMatch(/token/i);
      });
    },
  );
});

describe.skipIf(noPython !== undefined)(
  `the worker in Python${noPython === undefined ? '' : ` (left out: ${noPython})`}`,
  () => {
    it('passes its own tests', () => {
      const { status, stderr } = spawnSync(python!, ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'], {
        cwd: PYTHON_WORKER,
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
      expect(stderr).toMatch(/Ran \d+ tests/);
    });
  },
);
