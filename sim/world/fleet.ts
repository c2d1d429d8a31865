/** The workers of a world, through their lives, their connections and what goes wrong with them. */
import type { Random } from '@vaquita/core';
import type { MasterDispatch, Wire } from '@vaquita/protocol';
import type { Breakage } from '../breaks/breakage.ts';
import type { Model } from '../model/model.ts';
import type { Attempt, Fault, Scenario, WorkerSpec } from '../scenario/scenario.ts';
import { serverAt, socketOf } from './addresses.ts';
import { createLine, type Line } from './line.ts';
import type { Meter } from './meter.ts';
import { createSimProcess, type SimProcess } from './process.ts';
import type { SimServer } from './server.ts';
import type { Timeline } from './timeline.ts';
import { createSimWorker, emptyJournal, type Journal, type SimWorker, type Witness } from './worker.ts';

export type WorkerFault = Extract<Fault, { readonly worker: string }>;

export interface Fleet {
  inflict(fault: WorkerFault): void;
  /** A server sleeps for so long: any worker may be waiting at its door meanwhile. */
  keepWaiting(ms: number): void;
  /** What of the workers is not at rest. */
  unrest(): string | undefined;
  /** Keys under which those that are connected are known in the registry. */
  memberKeys(): readonly string[];
}

export interface FleetDeps {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly startedAt: number;
  readonly draw: (stream: number) => Random;
  readonly servers: readonly SimServer[];
  readonly model: Model;
  readonly breakage: Breakage | undefined;
  readonly note: Meter['note'];
  readonly guard: (run: () => void) => void;
  readonly say: (line: string) => void;
}

interface Member {
  readonly spec: WorkerSpec;
  readonly number: number;
  lives: number;
  process: SimProcess;
  worker: SimWorker;
  journal: Journal;
  lines: { readonly line: Line; readonly server: string }[];
  /** To connect, since the last welcome. */
  tries: number;
  /** By how much its clock is wrong. */
  skewMs: number;
}

/** After a loss of the connection a worker may stay away for the longest backoff and the greeting. */
const RECONNECT_MS = 45_000;
/** Tries in a row after which a worker waits for the longest time before the next. */
const LONG_PAUSES = 6;
/** A connection to somebody who cannot be reached is given up after so long. */
const NO_ANSWER_MS = 10_000;
const USUAL: Attempt = { end: 'success', startMs: 10, runMs: 1_000, stubborn: false };

export function createFleet(deps: FleetDeps): Fleet {
  const { scenario, timeline, model, guard, say, servers } = deps;
  const members = new Map<string, Member>();
  /** Workers and servers that do not reach each other. */
  const apart: { readonly worker: string; readonly server: string; readonly until: number }[] = [];
  /** By task: the runs that workers have heard of, in order. */
  const turns = new Map<string, string[]>();
  const nameOf = (server: number) => (servers[server] ?? servers.find(({ leads }) => leads) ?? servers[0]!).name;

  const witness: Witness = {
    accepted(worker, order) {
      say(`worker ${worker} begins ${order.taskName}#${order.attempt} ${order.dispatchId}`);
      const { dispatchId, taskInstanceId, epoch } = order;
      const facts = { worker, dispatchId, taskInstanceId, epoch, acceptedAt: timeline.elapsed, endedAt: null };
      guard(() => model.accepted({ ...facts, ends: new Set() }));
    },
    refused(worker, order, reason) {
      say(`worker ${worker} refuses ${order.taskName} ${order.dispatchId}: ${reason}`);
      model.mirror.ended(worker, order.dispatchId, 'refused', timeline.elapsed);
    },
    ended(worker, result) {
      say(`worker ${worker} ends ${result.dispatchId} as ${result.state}`);
      model.mirror.ended(worker, result.dispatchId, result.state, timeline.elapsed);
    },
    acknowledged(worker, dispatchId) {
      say(`worker ${worker} may forget ${dispatchId}`);
      guard(() => model.acknowledged(worker, dispatchId));
    },
    saw(worker, epoch) {
      members.get(worker)!.tries = 0;
      guard(() => model.mirror.saw(worker, epoch));
    },
    killed: (worker, order) => say(`worker ${worker} is to end ${order.dispatchId}: ${order.reason}`),
  };

  /** How many runs came to this task before. */
  function turnOf({ taskName, taskInstanceId }: MasterDispatch): number {
    const run = [...model.mirror.runs.values()].find(({ tasks }) => tasks.has(taskInstanceId))?.row.id ?? '';
    const known = turns.get(taskName) ?? [];
    turns.set(taskName, known);
    if (!known.includes(run)) known.push(run);
    return known.indexOf(run);
  }

  function attemptOf(order: MasterDispatch): Attempt {
    const { attempts = [], runs = [] } = model.mirror.taskSpec(order.taskName) ?? {};
    const fates = (runs.length > 0 && runs[turnOf(order)]) || attempts;
    return fates[order.attempt - 1] ?? USUAL;
  }

  function live(member: Omit<Member, 'process' | 'worker'>): Pick<Member, 'process' | 'worker'> {
    member.lives += 1;
    const process = createSimProcess({
      name: `${member.spec.name}.${member.lives}`,
      timeline,
      startedAt: deps.startedAt,
      skew: () => member.skewMs,
      struck: () => false,
    });
    const random = deps.draw(member.number * 10 + (member.lives % 10));
    const worker = createSimWorker({
      spec: member.spec,
      process,
      journal: member.journal,
      random,
      witness,
      attemptOf,
      // Another order for each: whoever is first in it is not always the leader.
      urls: servers.map((_, index) => socketOf(servers[(index + member.number) % servers.length]!.name)),
      connect: (url) => connect(member, { process, random, to: serverAt(url) }),
      takesOldEpochs: deps.breakage?.takesOldEpochs ?? false,
    });
    return { process, worker };
  }

  async function connect(
    member: Pick<Member, 'spec' | 'lines' | 'tries'>,
    { process, random, to }: { readonly process: SimProcess; readonly random: Random; readonly to: string },
  ): Promise<Wire> {
    const { spec } = member;
    member.tries += 1;
    // It has been turned away again and again: its next try may come when nobody waits for it any more.
    if (member.tries > LONG_PAUSES) model.mirror.impair(spec.name, timeline.elapsed + RECONNECT_MS);
    const pause = (ms: number) => new Promise<void>((resolve) => process.clock.setTimeout(resolve, ms));
    const delayMs = () => random.next() * scenario.lineDelayMs;
    await pause(delayMs());
    if (isApart(spec.name, to)) {
      deps.note('apart');
      await pause(NO_ANSWER_MS);
    }
    const server = servers.find(({ name }) => name === to);
    if (!server?.process.alive || isApart(spec.name, to)) throw new Error(`${to} does not answer.`);
    const line = createLine({ timeline, near: process, far: server.process, delayMs });
    member.lines.push({ line, server: to });
    server.accept(line.far);
    return line.near;
  }

  function isApart(worker: string, server: string): boolean {
    return apart.some((one) => one.worker === worker && one.server === server && one.until > timeline.elapsed);
  }

  scenario.workers.forEach((spec, number) => {
    const member = {
      spec,
      number,
      lives: 0,
      journal: emptyJournal(),
      lines: [],
      tries: 0,
      skewMs: (number % 3) * 40_000 - 40_000,
    };
    members.set(spec.name, Object.assign(member, live(member)));
  });

  function restart(member: Member, downMs: number): void {
    member.process.die();
    model.mirror.workerDied(member.spec.name, timeline.elapsed);
    member.lines = [];
    timeline.after(downMs, () => Object.assign(member, live(member)));
  }

  function inflict(fault: WorkerFault): void {
    const member = members.get(fault.worker);
    if (!member) return;
    const { process, worker, lines } = member;
    const needsLine = fault.what === 'cut' || fault.what === 'silence' || fault.what === 'stall';
    if (needsLine ? lines.length > 0 : process.alive && fault.what !== 'apart') deps.note(fault.what);
    const now = timeline.elapsed;
    const lasts = 'forMs' in fault ? fault.forMs : 'downMs' in fault ? fault.downMs : member.spec.sessionTimeoutMs;
    model.mirror.impair(fault.worker, now + lasts + RECONNECT_MS);
    switch (fault.what) {
      case 'cut':
        for (const { line } of lines.splice(0)) line.cut();
        return;
      case 'silence':
        for (const { line } of lines.splice(0)) line.silence();
        return;
      case 'apart':
        for (const { line, server } of lines) {
          if (server !== nameOf(fault.server)) continue;
          line.silence();
          deps.note('apart');
        }
        apart.push({ worker: fault.worker, server: nameOf(fault.server), until: now + fault.forMs });
        return;
      case 'stall':
        for (const { line } of lines) line.stall(fault.forMs);
        return;
      case 'worker_crash':
        if (!process.alive) return;
        if (fault.journal === 'lost') {
          member.journal = emptyJournal();
          model.mirror.forgot(fault.worker);
        }
        restart(member, fault.downMs);
        return;
      case 'worker_clock':
        member.skewMs += fault.byMs;
        return;
      case 'worker_hold':
        process.hold();
        timeline.after(fault.forMs, () => process.letGo());
        return;
      case 'deaf':
        worker.isDeaf = true;
        timeline.after(fault.forMs, () => Object.assign(worker, { isDeaf: false }));
        return;
      case 'refuses':
        worker.isFull = true;
        timeline.after(fault.forMs, () => Object.assign(worker, { isFull: false }));
        return;
      case 'leaves':
        if (!process.alive) return;
        worker.leave();
        timeline.after(scenario.lineDelayMs * 2 + 1, () => {
          if (member.process === process) restart(member, fault.forMs);
        });
    }
  }

  return {
    inflict,
    memberKeys: () =>
      [...members.values()]
        .filter(({ worker }) => worker.connected)
        .map(({ spec }) => `/nodes/worker/${spec.group}/worker-${spec.name}`),
    keepWaiting(ms) {
      if (servers.length < 2) return;
      for (const { name } of scenario.workers) model.mirror.impair(name, timeline.elapsed + ms + RECONNECT_MS);
    },
    unrest() {
      for (const { spec, worker } of members.values()) {
        if (worker.running > 0) return `worker ${spec.name} still works on ${worker.running} tasks`;
        if (worker.untold > 0) return `worker ${spec.name} keeps ${worker.untold} results that nobody acknowledges`;
        if (!worker.connected) return `worker ${spec.name} is not connected`;
      }
      return undefined;
    },
  };
}
