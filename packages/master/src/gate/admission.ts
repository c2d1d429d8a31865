/**
 * Runs that have their place and wait for room on the server or in their project. A line per project, so that a project
 * that is full holds up no other.
 */
import type { ProjectId } from '@vaquita/core';
import { type Ask, inOrder } from './ask.ts';
import { createLine, type Line } from './line.ts';

/** Null: no limit. */
export interface AdmissionLimits {
  readonly maxLiveRuns: number | null;
  readonly maxLiveRunsPerProject: number | null;
  readonly maxQueuedTasks: number | null;
  readonly maxQueuedTasksPerProject: number | null;
}

/** What the limits are held against, now. */
export interface InUse {
  liveRuns(): number;
  liveRunsOf(project: ProjectId): number;
  queuedTasks(): number;
  queuedTasksOf(project: ProjectId): number;
}

export interface Shortage {
  readonly of: 'live_runs' | 'queued_tasks';
  readonly where: 'server' | 'project';
  readonly limit: number;
  readonly inUse: number;
}

export interface Admission {
  add(ask: Ask): void;
  remove(ask: Ask): boolean;
  /** The first there is room for, by the order of waiting. It stays in line. */
  next(): Ask | undefined;
  /** What keeps runs of the project out; null when there is room. */
  shortage(project: ProjectId): Shortage | null;
  /** How many waiting runs come before it, counting those that the same shortage holds. */
  before(ask: Ask, where: Shortage['where']): number;
  all(): IterableIterator<Ask>;
  readonly size: number;
}

export function createAdmission(limits: AdmissionLimits, inUse: InUse): Admission {
  const lines = new Map<ProjectId, Line<Ask>>();

  function shortageOfServer(): Shortage | null {
    return (
      short('live_runs', 'server', limits.maxLiveRuns, inUse.liveRuns()) ??
      short('queued_tasks', 'server', limits.maxQueuedTasks, inUse.queuedTasks())
    );
  }

  function shortageOfProject(id: ProjectId): Shortage | null {
    const { maxLiveRunsPerProject, maxQueuedTasksPerProject } = limits;
    return (
      short('live_runs', 'project', maxLiveRunsPerProject, inUse.liveRunsOf(id)) ??
      short('queued_tasks', 'project', maxQueuedTasksPerProject, inUse.queuedTasksOf(id))
    );
  }

  return {
    add(ask) {
      let line = lines.get(ask.projectId);
      if (!line) {
        line = createLine(inOrder);
        lines.set(ask.projectId, line);
      }
      line.add(ask);
    },
    remove(ask) {
      const line = lines.get(ask.projectId);
      if (!line?.remove(ask)) return false;
      if (line.size === 0) lines.delete(ask.projectId);
      return true;
    },
    next() {
      if (lines.size === 0 || shortageOfServer()) return undefined;
      let best: Ask | undefined;
      for (const [project, line] of lines) {
        const head = line.at(0)!;
        if ((!best || inOrder(head, best) < 0) && !shortageOfProject(project)) best = head;
      }
      return best;
    },
    shortage: (project) => shortageOfServer() ?? shortageOfProject(project),
    before(ask, where) {
      if (where === 'project') return lines.get(ask.projectId)?.before(ask) ?? 0;
      let count = 0;
      for (const line of lines.values()) count += line.before(ask);
      return count;
    },
    *all() {
      for (const line of lines.values()) yield* line;
    },
    get size() {
      let size = 0;
      for (const line of lines.values()) size += line.size;
      return size;
    },
  };
}

function short(of: Shortage['of'], where: Shortage['where'], limit: number | null, inUse: number): Shortage | null {
  return limit !== null && inUse >= limit ? { of, where, limit, inUse } : null;
}
