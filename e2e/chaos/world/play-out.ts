/** Plays a plan out against the processes: load and faults at their times, then quiet, until everything has come to rest. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Trouble } from '../model/facts.ts';
import type { ChaosPlan, FaultPlan } from '../plan/plan.ts';
import { type Calls, createCalls } from './calls.ts';
import type { Cluster } from './cluster.ts';
import { letHappen } from './injector.ts';
import { createOperator, PROJECT, type StartedRun } from './operator.ts';
import { watchStalls } from './stalls.ts';

export interface Story {
  readonly started: readonly StartedRun[];
  /** Sentences about calls that never had their answer. */
  readonly unanswered: readonly string[];
  readonly troubles: readonly Trouble[];
  readonly repeatedCalls: number;
}

/** A server that begins to lead waits for workers for 35 s, and a call whose server died may be repeated after 60 s. */
const REST_WITHIN_MS = 150_000;
const POLL_MS = 300;
const LIVE = ['submitted', 'serial_wait', 'running', 'ready_pause', 'ready_stop', 'failover'] as const;

export async function playOut(plan: ChaosPlan, cluster: Cluster, print: (line: string) => void): Promise<Story> {
  const stalls = watchStalls();
  const calls = createCalls(
    cluster.servers.map(({ server }) => server.url),
    cluster.servers[0]!.server.adminToken,
  );
  let isOver = false;
  const operator = createOperator(plan, calls, () => isOver);
  const beganAt = Date.now();
  const due = (atMs: number) => pause(Math.max(0, beganAt + atMs - Date.now()));
  const say = (what: string) => print(`${((Date.now() - beganAt) / 1_000).toFixed(1).padStart(7)} s  ${what}`);

  /** By target: what was to go wrong with it last. A start may take longer than planned, and the next thing waits for it. */
  const last = new Map<string, Promise<unknown>>();

  function goWrong(fault: FaultPlan): Promise<readonly Trouble[]> {
    const before = last.get(targetOf(fault));
    const mine = (async () => {
      await Promise.all([before, due(fault.atMs)]);
      say(describe(fault));
      const trouble = await letHappen(fault, cluster);
      return trouble === null ? [] : [trouble];
    })();
    last.set(targetOf(fault), mine);
    return mine;
  }

  let done = 0;
  const load = plan.starts.map(async (start, nth) => {
    await due(start.atMs);
    await operator.carryOut(nth, start);
    done += 1;
  });
  // One that fails is found in what is left undone.
  const failures: string[] = [];
  for (const one of load) one.catch((error: unknown) => failures.push(`a call has failed: ${String(error)}`));

  const troubles = (await Promise.all(plan.faults.map(goWrong))).flat();
  await due(plan.forMs);
  say('nothing goes wrong any more, and no load comes');
  const deadline = Date.now() + REST_WITHIN_MS;
  while (done + failures.length < load.length || (await isAnyLive(calls))) {
    if (Date.now() > deadline) break;
    await pause(POLL_MS);
  }
  isOver = true;
  say(Date.now() > deadline ? 'not everything has come to rest' : 'everything has come to rest');
  stalls.close();
  const open = load.length - done - failures.length;
  return {
    started: operator.runs,
    unanswered:
      open > 0 ? [...failures, `${open} starts, or what was asked of their runs, were never answered`] : failures,
    troubles: [...troubles, ...stalls.troubles].sort((a, b) => a.at - b.at),
    repeatedCalls: calls.repeated,
  };
}

async function isAnyLive(calls: Calls): Promise<boolean> {
  const { items } = await calls.answered(({ instances }) =>
    instances.list({ project: PROJECT, state: LIVE, limit: 1 }),
  );
  return items.length > 0;
}

function targetOf(fault: FaultPlan): string {
  if ('agent' in fault) return fault.agent;
  if ('server' in fault) return `server ${fault.server}`;
  return fault.what === 'disk-full' ? 'disk' : 'database';
}

function describe(fault: FaultPlan): string {
  const how = fault.what === 'cut' ? `${fault.what} (${fault.mode})` : fault.what;
  return `${how} ${targetOf(fault)} for ${(fault.forMs / 1_000).toFixed(1)} s`;
}
