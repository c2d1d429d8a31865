/**
 * Who may run. Runs ask through their buses and are answered there: granted, delayed with who or what is in the way, or
 * denied. What the gate knows is derived from the rows of live runs and what buses have committed since.
 *
 * G1 Nothing that depends on other runs is granted before it is known which runs are live.
 * G2 A run with a limit gets a place only while fewer runs of its workflow hold one than the limit allows, and never one
 *    that another holds. A place whose end is not durable is still held (`places.ts`).
 * G3 Runs that wait are served by priority, then since when they wait, then id; after a change of leaders not before
 *    all of a workflow's waiting runs have asked again or recovery is over.
 * G4 Every run that waits has been told why, and is told anew when that changes: at once when it asks, else with the
 *    next refresh.
 * G5 A run whose bus is set aside keeps the place its rows say it has, and waits for nothing.
 * G6 Runs that tasks started need no admission, and none waits for a place that its own ancestor holds.
 */
import { isWorkflowTerminal, type WorkflowId, type WorkflowInstanceId } from '@vaquita/core';
import type { LiveRunRow } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import { createAdmission } from './admission.ts';
import { type Ask, askOf } from './ask.ts';
import type { Gate, GateDeps } from './gate-port.ts';
import { createPlaces, isLive, type Place } from './places.ts';
import { createRowReader } from './row-reader.ts';
import { admissionDelay, type Delay, keyOf, NOT_KNOWN } from './words.ts';
import { createWorkflowLines } from './workflow-lines.ts';

export function createGate(deps: GateDeps): Gate {
  const { limits, queued, clock } = deps;
  const unlimited = Object.values(limits).every((limit) => limit === null);
  const places = createPlaces();
  const asks = new Map<WorkflowInstanceId, Ask>();
  /** Granted, and not durable: their tasks are not in the queue yet. */
  const entering = new Set<Place>();
  const reader = createRowReader<WorkflowInstanceId>(deps);
  const admission = createAdmission(limits, {
    liveRuns: () => places.size,
    liveRunsOf: places.countOfProject,
    queuedTasks: () => queued.queuedTasks() + entering.size,
    queuedTasksOf: (id) => queued.queuedTasksOf(id) + [...entering].filter((place) => place.projectId === id).length,
  });
  const lines = createWorkflowLines({ places, admit, deny, changed: refreshSoon });
  let known = false;
  let allHeard = false;
  let refreshing = false;

  function admit(ask: Ask): void {
    if (unlimited || ask.parentId !== null) grant(ask);
    else admission.add(ask);
  }

  function deny(ask: Ask, event: Parameters<RunBus['post']>[0]): void {
    asks.delete(ask.id);
    admission.remove(ask);
    ask.bus.post(event);
  }

  function grant(ask: Ask): void {
    asks.delete(ask.id);
    lines.leave(ask);
    const before = places.get(ask.id);
    const place: Place = {
      id: ask.id,
      workflowId: ask.workflowId,
      projectId: ask.projectId,
      bus: ask.bus,
      slot: ask.slot ?? null,
      wanted: true,
      inRows: before?.inRows ?? false,
      queuedAt: ask.queuedAt,
      runCounter: ask.runCounter,
      displaced: false,
    };
    if (before) drop(before);
    places.put(place);
    entering.add(place);
    ask.bus.post({ type: 'TurnGranted', slot: place.slot, runCounter: ask.runCounter });
    refreshSoon();
  }

  function drop(place: Place): void {
    places.remove(place);
    entering.delete(place);
  }

  /** A place that nobody wants and no row has goes to whoever waits. */
  function settle(place: Place): void {
    if (place.wanted || place.inRows) return;
    drop(place);
    lines.advance(place.workflowId);
    look();
    refreshSoon();
  }

  function look(): void {
    for (let ask = admission.next(); ask; ask = admission.next()) {
      admission.remove(ask);
      grant(ask);
    }
  }

  /** It waits no longer, for whatever it waited. */
  function withdraw(id: WorkflowInstanceId): void {
    const ask = asks.get(id);
    if (!ask) return;
    asks.delete(id);
    admission.remove(ask);
    lines.leave(ask);
    lines.advance(ask.workflowId);
    look();
    refreshSoon();
  }

  async function readLive(only: WorkflowId | null): Promise<void> {
    const read = await reader.read('Which runs are live', () => deps.store.liveRuns());
    if (!read) return;
    const listed = new Set<WorkflowInstanceId>();
    for (const row of read.rows) {
      if (only !== null && row.workflowId !== only) continue;
      if (isLive(row.state)) listed.add(row.id);
      if (read.isOutdated(row.id)) continue;
      if (isLive(row.state)) holdFromRow(row);
      else if (!allHeard && row.queuedAt !== null && !asks.has(row.id)) lines.expect(row.workflowId, row.id);
    }
    for (const place of [...(only === null ? places.all() : places.ofWorkflow(only))]) {
      if (listed.has(place.id) || read.isOutdated(place.id)) continue;
      place.inRows = false;
      settle(place);
    }
  }

  function holdFromRow(row: LiveRunRow): void {
    const place = places.get(row.id);
    if (place) {
      place.inRows = true;
      place.slot = row.executionSlot;
      return;
    }
    const slot = row.executionSlot;
    const { id, workflowId, projectId } = row;
    places.put({
      ...{ id, workflowId, projectId, slot },
      ...{ bus: null, wanted: false, inRows: true, queuedAt: 0, runCounter: null, displaced: false },
    });
  }

  function refreshSoon(): void {
    if (refreshing || asks.size === 0) return;
    refreshing = true;
    deps.timers.after('what waiting runs are told', deps.refreshMs, () => {
      refreshing = false;
      look();
      for (const ask of asks.values()) tell(ask);
    });
  }

  function tell(ask: Ask): void {
    const delay = delayOf(ask);
    if (!delay) return;
    const key = keyOf(delay);
    if (key === ask.told) return;
    ask.told = key;
    ask.bus.post({ type: 'TurnDelayed', ...delay });
  }

  function delayOf(ask: Ask): Delay | null {
    if (!known) return NOT_KNOWN;
    if (ask.slot === undefined) return lines.delayOf(ask);
    const shortage = admission.shortage(ask.projectId);
    return shortage && admissionDelay(shortage, admission.before(ask, shortage.where));
  }

  const gate: Gate = {
    async open() {
      await readLive(null);
      if (deps.isOver()) return;
      known = true;
      lines.begin();
      look();
      refreshSoon();
    },
    recovered() {
      allHeard = true;
      lines.expectNobody();
      look();
    },
    request(bus) {
      const asked = askOf(bus, clock.now());
      const before = asks.get(bus.id);
      if (before?.bus === bus && isSame(before, asked)) return;
      withdraw(bus.id);
      const place = places.get(bus.id);
      if (place?.wanted && place.bus === bus && isSame(place, asked)) return;
      if (place) {
        place.wanted = false;
        settle(place);
      }
      asks.set(asked.id, asked);
      if (known || (asked.capacity === null && (unlimited || asked.parentId !== null))) lines.enter(asked);
      else lines.enterLater(asked);
      look();
      if (known && asks.has(asked.id)) tell(asked);
      refreshSoon();
    },
    release(bus) {
      const { state, queuedAt } = bus.run.instance;
      // It has been started again since: this is of its turn before.
      if (isLive(state) || queuedAt !== null) return;
      withdraw(bus.id);
      const place = places.get(bus.id);
      if (!place || place.bus !== bus) return;
      place.wanted = false;
      settle(place);
    },
    committed(bus, { instance }) {
      if (!instance) return;
      reader.note(bus.id);
      const place = places.get(bus.id);
      if (!place) return;
      place.inRows = isLive(instance.state);
      if (place.inRows) entering.delete(place);
      settle(place);
    },
    adopt(bus) {
      reader.note(bus.id);
      const { instance } = bus.run;
      lines.heardOf(
        instance.workflowId,
        instance.id,
        instance.queuedAt !== null && !isWorkflowTerminal(instance.state),
      );
      const before = places.get(bus.id);
      if (!isLive(instance.state)) {
        if (!before) return;
        before.wanted = false;
        before.inRows = false;
        settle(before);
        return;
      }
      if (before) drop(before);
      const { id, workflowId, projectId, executionSlot: slot } = instance;
      const queuedAt = instance.startedAt ?? instance.createdAt;
      const place: Place = {
        ...{ id, workflowId, projectId, slot, bus },
        ...{ wanted: true, inRows: true, queuedAt, runCounter: instance.runCounter, displaced: false },
      };
      places.put(place);
      lines.joined(place);
      refreshSoon();
    },
    forget(bus) {
      if (asks.get(bus.id)?.bus === bus) withdraw(bus.id);
      const place = places.get(bus.id);
      if (!place || place.bus !== bus) return;
      place.bus = null;
      place.wanted = false;
      settle(place);
    },
    async setAside(bus) {
      if (asks.get(bus.id)?.bus === bus) withdraw(bus.id);
      await bus.quiet();
      const place = places.get(bus.id);
      if (!place || place.bus !== bus) return;
      place.wanted = false;
      settle(place);
    },
    ended(id) {
      reader.note(id);
      withdraw(id);
      lines.expectNot(id);
      const place = places.get(id);
      if (!place) return;
      place.wanted = false;
      place.inRows = false;
      settle(place);
    },
    doubt: readLive,
    look,
    isKnown: () => known,
    asks: (bus) => asks.get(bus.id)?.bus === bus,
    placeOf: places.get,
    *runs() {
      yield* asks.keys();
      for (const { id } of places.all()) yield id;
    },
    status: () => ({
      waitingForTurn: asks.size - admission.size,
      waitingForAdmission: admission.size,
      liveRuns: places.size,
    }),
  };
  return gate;
}

/** One asking, told twice. The moment alone does not tell: a run may end and ask again within a millisecond. */
function isSame(a: Pick<Place, 'queuedAt' | 'runCounter'>, b: Pick<Ask, 'queuedAt' | 'runCounter'>): boolean {
  return a.queuedAt === b.queuedAt && a.runCounter === b.runCounter;
}
