/**
 * What every task type must hold, whatever it does: one case is given for each kind of end. Run it on the ports of each
 * runtime; a new task type adds its cases here.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createManualClock } from '@vaquita/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskPorts } from '../ports.ts';
import type { TaskOrder } from '../run-task.ts';
import { availableTaskTypes } from '../task-types.ts';
import { startAttempt } from './run.ts';

interface Cases {
  readonly type: string;
  readonly succeeds: Partial<TaskOrder>;
  readonly fails: Partial<TaskOrder> & { readonly error: RegExp };
  /** Sets the declared output `answer` to 42. */
  readonly setsOutput?: Partial<TaskOrder>;
  /** Prints `begun`, unless it has nothing to print, and does not end by itself for a long time. */
  readonly hangs?: Partial<TaskOrder> & { readonly begun: string };
}

const OUTPUTS = [{ name: 'answer', type: 'integer' }];
const LONG_SQL =
  'with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000000) select count(*) from n';

export function describeTaskTypes(createPorts: () => Promise<TaskPorts>): void {
  let ports: TaskPorts;
  let server: Server;
  let base = '';

  beforeAll(async () => {
    ports = await createPorts();
    const { createServer } = await import('node:http');
    server = createServer((request, response) => {
      if (request.url === '/hang') return;
      response.statusCode = request.url === '/broken' ? 503 : 200;
      response.end(JSON.stringify({ items: [{ id: 42 }], method: request.method, echo: request.headers['x-echo'] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const cases: readonly (() => Cases)[] = [
    () => ({
      type: 'shell',
      succeeds: { config: { script: 'true' } },
      fails: { config: { script: 'exit 7' }, error: /exit code 7/ },
      setsOutput: { config: { script: 'echo ::set-output answer=42' } },
      hangs: { config: { script: 'echo begun; sleep 600' }, begun: 'begun\n' },
    }),
    () => ({
      type: 'node',
      succeeds: { config: { script: 'export {};' } },
      fails: { config: { script: 'process.exit(7)' }, error: /exit code 7/ },
      setsOutput: { config: { script: 'console.log("::set-output answer=42")' } },
      hangs: { config: { script: 'console.log("begun"); setInterval(() => {}, 1000)' }, begun: 'begun\n' },
    }),
    () => ({
      type: 'sql',
      succeeds: { config: { database: ':memory:', script: 'select 1' } },
      fails: { config: { database: ':memory:', script: 'select 1; select * from nowhere' }, error: /exit code 1/ },
      setsOutput: { config: { database: ':memory:', script: 'select 42 as answer' } },
      hangs: { config: { database: ':memory:', script: `select 'begun' as word; ${LONG_SQL}` }, begun: 'begun' },
    }),
    () => ({
      type: 'http',
      succeeds: { config: { url: `${base}/ok` } },
      fails: { config: { url: `${base}/broken` }, error: /503, expected 200-299/ },
      setsOutput: { config: { url: `${base}/ok`, extract: { answer: 'items.0.id' } } },
      hangs: { config: { url: `${base}/hang` }, begun: 'GET' },
    }),
    () => ({
      type: 'noop',
      succeeds: {},
      fails: { config: { result: 'failure' }, error: /set to fail/ },
    }),
  ];

  describe.each(cases.map((make) => [make().type, make] as const))('%s', (type, make) => {
    it('succeeds, and says once that it has started', async () => {
      const attempt = await startAttempt(ports, type, make().succeeds);
      expect(await attempt.end()).toMatchObject({ state: 'success', error: null, startedAt: expect.any(Number) });
      expect(attempt.processIds).toHaveLength(1);
    });

    it('starts a process if and only if it says so', async () => {
      const attempt = await startAttempt(ports, type, make().succeeds);
      await attempt.end();
      expect(attempt.processIds.some((id) => id !== null)).toBe(availableTaskTypes(ports).get(type)?.usesProcess);
    });

    it('fails with a sentence that says why', async () => {
      const { error, ...order } = make().fails;
      const attempt = await startAttempt(ports, type, order);
      expect(await attempt.end()).toMatchObject({ state: 'failure', error: expect.stringMatching(error), outputs: {} });
    });

    it('fails, and does not throw, when its settings are not what it expects', async () => {
      const attempt = await startAttempt(ports, type, { config: { script: 7, url: 7, database: 7, result: 7 } });
      expect(await attempt.end()).toMatchObject({ state: 'failure', error: expect.stringContaining('settings') });
    });

    it('gives its outputs, of the declared type', async () => {
      const order = make().setsOutput;
      if (order === undefined) return;
      const attempt = await startAttempt(ports, type, { ...order, outputs: OUTPUTS });
      expect(await attempt.end()).toMatchObject({ state: 'success', outputs: { answer: '42' } });
    });

    it('fails when an output is not of its declared type', async () => {
      const order = make().setsOutput;
      if (order === undefined) return;
      const attempt = await startAttempt(ports, type, { ...order, outputs: [{ name: 'answer', type: 'date' }] });
      expect(await attempt.end()).toMatchObject({ state: 'failure', error: expect.stringContaining('"answer"') });
    });

    it('is killed while it works', async () => {
      const hangs = make().hangs;
      if (hangs === undefined) return;
      const attempt = await startAttempt(ports, type, hangs);
      await attempt.printed(hangs.begun);
      attempt.run.stop({ state: 'killed', text: 'stopped by a person', graceMs: 5_000 });
      expect(await attempt.end()).toMatchObject({ state: 'killed', error: 'stopped by a person' });
    });

    it('is killed when the order comes before it has begun', async () => {
      const hangs = make().hangs;
      if (hangs === undefined) return;
      const attempt = await startAttempt(ports, type, hangs);
      attempt.run.stop({ state: 'killed', text: 'stopped by a person', graceMs: 0 });
      expect(await attempt.end()).toMatchObject({ state: 'killed' });
    });

    it('ends with the state timeout when its time is over', async () => {
      const hangs = make().hangs;
      if (hangs === undefined) return;
      const clock = createManualClock();
      const attempt = await startAttempt(ports, type, { ...hangs, timeoutMs: 60_000 }, clock);
      await attempt.printed(hangs.begun);
      await clock.advance(60_000);
      expect(await attempt.end()).toMatchObject({ state: 'timeout', error: expect.stringContaining('60000 ms') });
    });
  });
}
