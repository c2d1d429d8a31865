/**
 * Runs one scenario from its beginning until everything is at rest, with the model watching. Deterministic: the same
 * scenario gives the same trace, byte for byte.
 */
import { createIdSource, type Epoch, type ProjectId, type WorkflowId } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { createMemoryLogStore, createMemoryStore } from '@vaquita/store/testing';
import type { Breakage } from '../breaks/breakage.ts';
import { Violation } from '../model/facts.ts';
import { createModel } from '../model/model.ts';
import type { Fault, Scenario } from '../scenario/scenario.ts';
import { compareEvents, compareRows } from './compare.ts';
import { createDatabase } from './database.ts';
import { documentOf } from './documents.ts';
import { createFleet } from './fleet.ts';
import { createWatchedRegistry } from './lease.ts';
import { createOperator } from './operator.ts';
import type { SimProcess } from './process.ts';
import { createSimServer, type SimServer } from './server.ts';
import { createTimeline, settled } from './timeline.ts';
import { createTrace } from './trace.ts';
import { witnessed } from './witnessed.ts';

export interface Outcome {
  readonly violation: { readonly rule: string; readonly text: string } | null;
  readonly trace: readonly string[];
  readonly steps: number;
  readonly elapsedMs: number;
}

export interface SimulateOptions {
  readonly breakage?: Breakage | undefined;
  /** Gives up after so many steps, as a violation. */
  readonly maxSteps?: number;
  /** Keeps the trace; without it only the verdict is known. */
  readonly keepTrace?: boolean;
}

/** How long a client waits for an answer before it asks again. */
const CLIENT_PATIENCE_MS = 2_000;
const STARTED_AT = 1_700_000_000_000;
/** How long after the last fault everything must be at rest. */
const REST_WITHIN_MS = 2 * 3_600_000;
const MAX_STEPS = 200_000;
const LOOK_MS = 1_000;
/** At rest means for so long: nothing may stir by itself afterwards. */
const STILL_MS = 10_000;

export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<Outcome> {
  const world = await createWorld(scenario, options);
  const turned = scenario.faults.reduce((sum, fault) => sum + (fault.what === 'clock' ? Math.abs(fault.byMs) : 0), 0);
  const deadline = scenario.calmAt + REST_WITHIN_MS + turned;
  let violation: Outcome['violation'] = null;
  let steps = 0;
  try {
    let nextLook = scenario.calmAt;
    let stillSince: number | undefined;
    while (await world.timeline.step()) {
      steps += 1;
      if (world.failure) throw world.failure;
      const { elapsed } = world.timeline;
      if (elapsed < nextLook) continue;
      nextLook = elapsed + LOOK_MS;
      const restless = world.unrest();
      if (restless === undefined) {
        stillSince ??= elapsed;
        if (elapsed - stillSince >= STILL_MS) break;
      } else stillSince = undefined;
      if (elapsed > deadline)
        throw new Violation('rest', `not at rest in time: ${restless ?? 'it stirs again and again'}`);
      if (steps > (options.maxSteps ?? MAX_STEPS))
        throw new Violation('rest', `too many steps: ${restless ?? 'at rest'}`);
    }
    await world.finish();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = { rule: error.rule, text: world.trace.named(error.message) };
    world.trace.say(world.timeline.elapsed, `VIOLATION (${error.rule}) ${error.message}`);
  }
  return { violation, trace: world.trace.lines, steps, elapsedMs: world.timeline.elapsed };
}

interface World {
  readonly timeline: ReturnType<typeof createTimeline>;
  readonly trace: ReturnType<typeof createTrace>;
  readonly failure: unknown;
  unrest(): string | undefined;
  /** The rows as the store has them are those that the model has followed. */
  finish(): Promise<void>;
}

async function createWorld(scenario: Scenario, { breakage, keepTrace = true }: SimulateOptions): Promise<World> {
  const timeline = createTimeline();
  const trace = createTrace(keepTrace);
  const say = (line: string) => trace.say(timeline.elapsed, line);
  const draw = (stream: number) => createSeededRandom(scenario.seed * 16 + stream);
  const wallClock = { now: () => STARTED_AT + Math.floor(timeline.elapsed) };
  const ids = createIdSource(wallClock, draw(1));
  const store = createMemoryStore({ clock: wallClock });
  const workflowIds = new Map<string, WorkflowId>();
  const workflowNames = new Map<string, string>();
  const projectId = ids.next<'project'>() as ProjectId;
  const model = createModel(
    scenario,
    { startedAt: STARTED_AT, workflowName: (id) => workflowNames.get(id) ?? '' },
    breakage?.mendedBy,
  );
  const processes = new Map<string, SimProcess>();
  let failure: unknown;

  function guard<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      failure ??= error;
      return undefined;
    }
  }

  await fill();

  async function fill(): Promise<void> {
    const at = wallClock.now();
    const times = { createdAt: at, updatedAt: at };
    await store.projects.create({ id: projectId, name: 'sim', description: '', params: [], ...times });
    for (const group of scenario.groups) {
      const row = {
        id: ids.next<'task-group'>(),
        name: group.name,
        description: '',
        size: group.size,
        open: true,
        ...times,
      };
      await store.taskGroups.create(row, projectEvent('task_group.changed', { name: group.name }));
    }
    for (const { name, policy, workers } of scenario.workerGroups) {
      const row = { id: ids.next<'worker-group'>(), name, description: '', policy, workers, ...times };
      await store.workerGroups.create(row, projectEvent('worker_group.changed', { name }));
    }
    for (const workflow of scenario.workflows) {
      const id = ids.next<'workflow'>() as WorkflowId;
      workflowIds.set(workflow.name, id);
      workflowNames.set(id, workflow.name);
      trace.name(id, workflow.name);
      const row = { id, projectId, name: workflow.name, description: '', version: 1, online: true, ...times };
      const document = documentOf(workflow);
      const version = {
        workflowId: id,
        version: 1,
        document,
        contentHash: workflow.name,
        createdBy: 'sim',
        createdAt: at,
      };
      await store.workflows.create(
        { ...row, taskCount: workflow.tasks.length },
        version,
        projectEvent('workflow.added', {}),
      );
    }
  }

  function projectEvent(
    type: 'workflow.added' | 'task_group.changed' | 'worker_group.changed',
    data: Record<string, unknown>,
  ) {
    return { type, projectId, workflowInstanceId: null, taskInstanceId: null, at: wallClock.now(), data };
  }

  const database = createDatabase({
    timeline,
    random: draw(2),
    delayMs: scenario.storeDelayMs,
    say,
    lost: (unit) => model.mirror.doubt(unit),
  });
  const registry = createWatchedRegistry(wallClock, {
    held: (epoch: Epoch | null) => store.leader.set(epoch),
    taken(epoch, client) {
      const name = processes.get(client)?.name ?? client;
      say(`${name} takes the lead with epoch ${epoch}`);
      guard(() => model.leads(epoch, name));
    },
  });
  const master = breakage?.store?.(store) ?? store.master;
  const servers: SimServer[] = [];
  for (let number = 0; number < scenario.servers; number++) {
    servers.push(
      createSimServer({
        number,
        timeline,
        startedAt: STARTED_AT,
        random: draw(4 + number),
        database,
        registry,
        storeOf: (process) => witnessed(master, process, { model, guard, say, elapsed: () => timeline.elapsed }),
        logs: createMemoryLogStore(),
        breakage,
        born: (session, process) => void processes.set(session, process),
        say,
        failed(error) {
          failure ??= error;
        },
      }),
    );
  }
  const fleet = createFleet({
    scenario,
    timeline,
    startedAt: STARTED_AT,
    draw: (stream) => draw(100 + stream),
    servers,
    model,
    guard,
    say,
  });

  const operate = createOperator({
    scenario,
    ids,
    store,
    model,
    projectId,
    workflowIds,
    now: wallClock.now,
    elapsed: () => timeline.elapsed,
    guard,
    say,
    name: trace.name,
    begin: (filing) =>
      new Promise((answer) => {
        const leader = servers.find(({ leads }) => leads);
        if (!leader) answer(false);
        leader?.begin(filing).then(
          () => answer(true),
          () => answer(false),
        );
        timeline.after(CLIENT_PATIENCE_MS, () => answer(false));
      }),
    nudge() {
      for (const server of servers) timeline.after(1, () => server.nudge());
    },
  });
  for (const operation of scenario.operations) timeline.after(operation.at, () => void operate(operation).catch(fail));
  for (const fault of scenario.faults) timeline.after(fault.at, () => inflict(fault));

  // What has not happened by now does not happen any more.
  timeline.after(scenario.calmAt, () => {
    Object.assign(database.trouble, { conflictIn: 0, refusedIn: 0 });
    for (const server of servers) server.spare();
  });

  function fail(error: unknown): void {
    failure ??= error;
  }

  function inflict(fault: Fault): void {
    const { trouble } = database;
    const { elapsed } = timeline;
    say(`fault ${JSON.stringify(fault)}`);
    switch (fault.what) {
      case 'busy':
        trouble.busyUntil = elapsed + fault.forMs;
        trouble.busyShare = fault.share;
        return;
      case 'lost':
        trouble.lostUntil = elapsed + fault.forMs;
        trouble.lostShare = fault.share;
        return;
      case 'conflict':
        trouble.conflictIn = fault.nth;
        return;
      case 'refused':
        trouble.refusedIn = fault.nth;
        return;
      case 'slow':
        trouble.slowUntil = elapsed + fault.forMs;
        trouble.slowBy = fault.byMs;
        return;
      case 'crash':
        serverOf(fault.server).crash(fault);
        return;
      case 'hold': {
        const { process } = serverOf(fault.server);
        process.hold();
        timeline.after(fault.forMs, () => process.letGo());
        fleet.keepWaiting(fault.forMs);
        return;
      }
      case 'clock':
        serverOf(fault.server).turn(fault.byMs);
        return;
      case 'unreachable':
        trouble.unreachableUntil.set(serverOf(fault.server).process.name, elapsed + fault.forMs);
        return;
      default:
        fleet.inflict(fault);
    }
  }

  function serverOf(number: number): SimServer {
    return servers[number] ?? servers.find(({ leads }) => leads) ?? servers[0]!;
  }

  return {
    timeline,
    trace,
    get failure() {
      return failure;
    },
    unrest: () => model.unrest(timeline.elapsed) ?? fleet.unrest(),
    async finish() {
      await settled();
      await compareRows(store, model);
      await compareEvents(store, model);
    },
  };
}
