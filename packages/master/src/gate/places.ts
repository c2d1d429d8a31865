/**
 * Which runs hold a place, keyed by run: counts are sizes of these maps, never counters.
 *
 * L1 A run holds its place while it wants it, and while its rows say that it has it: a place that is given up is free
 *    when that is durable, so that two runs never meet in the rows.
 */
import type { ProjectId, WorkflowId, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';

export interface Place {
  readonly id: WorkflowInstanceId;
  readonly workflowId: WorkflowId;
  readonly projectId: ProjectId;
  /** Null while the run is not in memory. */
  bus: RunBus | null;
  /** Its place among limited runs of the workflow; null where it needs none. */
  slot: number | null;
  /** It has been given its turn and has not given it back. */
  wanted: boolean;
  /** Its rows say that it is live. */
  inRows: boolean;
  /** Since when it waited for the turn it has now: which of two runs is the newer. */
  queuedAt: number;
  /** Of the asking that was granted; null when the place is known from rows alone. */
  runCounter: number | null;
  /** It has been told to make room. */
  displaced: boolean;
}

export interface Places {
  get(id: WorkflowInstanceId): Place | undefined;
  put(place: Place): void;
  remove(place: Place): void;
  ofWorkflow(id: WorkflowId): ReadonlySet<Place>;
  countOfProject(id: ProjectId): number;
  all(): IterableIterator<Place>;
  readonly size: number;
}

const NONE: ReadonlySet<Place> = new Set();

export function createPlaces(): Places {
  const places = new Map<WorkflowInstanceId, Place>();
  const byWorkflow = new Map<WorkflowId, Set<Place>>();
  const byProject = new Map<ProjectId, Set<Place>>();

  return {
    get: (id) => places.get(id),
    put(place) {
      places.set(place.id, place);
      addTo(byWorkflow, place.workflowId, place);
      addTo(byProject, place.projectId, place);
    },
    remove(place) {
      places.delete(place.id);
      takeFrom(byWorkflow, place.workflowId, place);
      takeFrom(byProject, place.projectId, place);
    },
    ofWorkflow: (id) => byWorkflow.get(id) ?? NONE,
    countOfProject: (id) => byProject.get(id)?.size ?? 0,
    all: () => places.values(),
    get size() {
      return places.size;
    },
  };
}

/** States in which a run holds its place in the rows. */
export function isLive(state: WorkflowState): boolean {
  return state === 'running' || state === 'ready_pause' || state === 'ready_stop' || state === 'failover';
}

function addTo<K>(index: Map<K, Set<Place>>, key: K, place: Place): void {
  const set = index.get(key);
  if (set) set.add(place);
  else index.set(key, new Set([place]));
}

function takeFrom<K>(index: Map<K, Set<Place>>, key: K, place: Place): void {
  const set = index.get(key);
  if (set?.delete(place) && set.size === 0) index.delete(key);
}
