/**
 * Many workers in one process: each with a connection of its own, the real session, and the agent's way of coming back.
 * They run nothing. `node bench/crowd/main.ts <server> <how many>`, with the token in `CROWD_TOKEN`. Prints a line of JSON
 * whenever all are connected, and when the first is lost after that.
 */
import { randomUUID } from 'node:crypto';
import { createIdSource, type WorkerId } from '@vaquita/core';
import {
  createWorkerSession,
  RECONNECT_BASE_MS,
  RECONNECT_CAP_MS,
  SUPPORTED_VERSIONS,
  socketUrl,
  type WorkerHello,
} from '@vaquita/protocol';
import { connectSocket, systemClock, systemRandom } from '@vaquita/runtime/node/worker';

export interface CrowdNews {
  readonly what: 'all' | 'lost';
  /** Epoch milliseconds. */
  readonly at: number;
}

const [server, count] = [process.argv[2] ?? '', Number(process.argv[3])];
const url = socketUrl(server);
if (url === undefined || !(count > 0)) throw new Error('usage: main.ts <server> <how many>');
const ids = createIdSource(systemClock, systemRandom);
const CONNECT_WITHIN_MS = 10_000;
let connected = 0;
let complete = false;

for (let i = 0; i < count; i++) void live(i);

async function live(number: number): Promise<void> {
  const workerId = ids.next<'worker'>() as WorkerId;
  const instance = randomUUID();
  for (let failures = 0; ; ) {
    const wasOpen = await connectOnce(url!, { number, workerId, instance });
    failures = wasOpen ? 0 : failures + 1;
    await new Promise((resolve) => setTimeout(resolve, delayMs(failures)));
  }
}

/** At once the first time, then longer and longer, each at a time of its own, as the agent does. */
function delayMs(failures: number): number {
  if (failures === 0) return 0;
  return Math.min(RECONNECT_CAP_MS, RECONNECT_BASE_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

interface Self {
  readonly number: number;
  readonly workerId: WorkerId;
  readonly instance: string;
}

/** @returns whether it came to a welcome, when the connection is over. */
async function connectOnce(address: string, self: Self): Promise<boolean> {
  try {
    const wire = await connectSocket(address, CONNECT_WITHIN_MS);
    let wasOpen = false;
    return await new Promise<boolean>((resolve) => {
      createWorkerSession(wire, {
        clock: systemClock,
        hello: helloOf(self),
        onWelcome() {
          wasOpen = true;
          tell(1);
        },
        onRefused() {},
        onMessage() {},
        readHeartbeat: () => ({
          cpu: 0,
          memory: 0,
          disk: null,
          load: 0,
          loopLagMs: 0,
          slotsUsed: 0,
          running: [],
          unsent: 0,
        }),
        onClosed() {
          if (wasOpen) tell(-1);
          resolve(wasOpen);
        },
      });
    });
  } catch {
    return false;
  }
}

function helloOf({ number, workerId, instance }: Self): WorkerHello {
  return {
    type: 'hello',
    versions: SUPPORTED_VERSIONS,
    workerId,
    token: process.env.CROWD_TOKEN ?? '',
    name: `crowd-${number}`,
    groups: ['crowd'],
    labels: {},
    weight: 1,
    slots: 1,
    heartbeatIntervalMs: 10_000,
    sessionTimeoutMs: 60_000,
    agentVersion: '0.1.0',
    runtime: `node ${process.versions.node}`,
    host: 'loopback',
    taskTypes: ['noop'],
    running: [],
    unsent: [],
    instance,
    draining: false,
    at: Date.now(),
  };
}

function tell(change: 1 | -1): void {
  connected += change;
  if (connected === count) say('all');
  else if (complete) say('lost');
}

function say(what: CrowdNews['what']): void {
  complete = what === 'all';
  console.log(JSON.stringify({ what, at: performance.timeOrigin + performance.now() } satisfies CrowdNews));
}
