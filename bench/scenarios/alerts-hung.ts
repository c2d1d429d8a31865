/**
 * What people who use the API notice of channels that hang: the same requests with alerts under way to many channels that
 * never answer, and without, in turns. Without is the floor.
 */
import { LOCAL_RECEIVERS } from '../../e2e/support/alerts.ts';
import { eventually } from '../../e2e/support/poll.ts';
import { startSlowReceiver } from '../../e2e/support/slow-receiver.ts';
import { figure, median, percentile } from '../figures.ts';
import { addWorkflow, PROJECT, startSystem } from '../system.ts';
import type { Scenario } from './scenario.ts';

const WORKFLOW = 'asked';
/** Sends that are under way at once when all channels hang: the engine keeps the rest of its places for others. */
const HELD = 8;

export const alertsHung: Scenario = {
  name: 'alerts-hung',
  async run({ hungChannels: count, hungRequests: requests, runs: rounds }, note) {
    await using receiver = await startSlowReceiver(null);
    await using system = await startSystem(4, LOCAL_RECEIVERS);
    const { client } = system;
    await addWorkflow(client, WORKFLOW, [{ name: 'task', type: 'noop' }]);
    const channels = Array.from({ length: count }, (_, n) => `hangs-${n}`);
    const url = `http://127.0.0.1:${receiver.port}/`;
    for (const name of channels) await client.alertChannels.create({ name, type: 'webhook', settings: { url } });

    /** Three of four look at something, one starts a run. */
    async function ask(times: number): Promise<readonly number[]> {
      const all: number[] = [];
      for (let n = 0; n < times; n++) {
        const from = performance.now();
        if (n % 4 === 0) await client.workflows.start(PROJECT, WORKFLOW, {});
        else if (n % 4 === 1) await client.instances.list({ project: PROJECT, limit: 20 });
        else if (n % 4 === 2) await client.workflows.get(PROJECT, WORKFLOW);
        else await client.alerts.list({ limit: 20 });
        all.push(performance.now() - from);
      }
      return all;
    }

    async function hang(): Promise<void> {
      receiver.answerAfter(null);
      for (const channel of channels) await client.alertChannels.test(channel);
      await eventually('sends to hang', () => receiver.held >= Math.min(HELD, count));
    }

    /** All are taken, so that what is asked next has no alert beside it. */
    async function relieve(): Promise<void> {
      receiver.answerAfter(0);
      const isUnderWay = async () => (await client.alerts.list({ status: 'sending', limit: 1 })).items.length > 0;
      await eventually('all alerts to be sent', async () => !(await isUnderWay()), { withinMs: 300_000, everyMs: 200 });
    }

    // Unmeasured: the first requests find nothing compiled.
    await ask(requests);
    const [quiet, hung]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const without = await ask(requests);
      await hang();
      const beside = await ask(requests);
      note(
        `alerts-hung: ${receiver.held} sends hang; p99 ${percentile(beside, 99).toFixed(2)} ms, without ${percentile(without, 99).toFixed(2)} ms`,
      );
      await relieve();
      quiet.push(...without);
      hung.push(...beside);
    }
    const base = { name: 'alerts-hung', unit: 'ms', runs: rounds };
    return [
      figure({ ...base, metric: 'p50', value: median(hung), floor: median(quiet) }),
      figure({ ...base, metric: 'p99', value: percentile(hung, 99), floor: percentile(quiet, 99) }),
    ];
  },
};
