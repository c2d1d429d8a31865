/** Schedules, the records of their fire times, and calendars: what people ask, and what the leader's duty asks. */
import type {
  CalendarId,
  CalendarRow,
  CommandRow,
  Epoch,
  FireOutcome,
  NewRun,
  ProjectId,
  RemainsDecision,
  RemainsQuestion,
  ScheduleFireRow,
  ScheduleId,
  ScheduleProblem,
  ScheduleRemainsRow,
  ScheduleRow,
  WorkflowDocument,
  WorkflowId,
  WorkflowInstanceRow,
} from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

export interface ScheduleFilter {
  readonly projectId?: ProjectId;
  readonly workflowId?: WorkflowId;
  readonly online?: boolean;
}

export interface ScheduleReader {
  find(id: string): Promise<ScheduleRow | undefined>;
  findByName(workflowId: WorkflowId, name: string): Promise<ScheduleRow | undefined>;
  /** By id, which is the order in which they were made. */
  list(filter: ScheduleFilter, page: PageRequest): Promise<Page<ScheduleRow>>;
  /** Of each of the workflows the first by name. @param ids at most 500 */
  ofWorkflows(ids: readonly WorkflowId[], each: number): Promise<readonly ScheduleRow[]>;
  /** What became of the fire times of one schedule, the newest first; of one outcome where that is asked for. */
  fires(id: ScheduleId, page: PageRequest, outcome?: FireOutcome): Promise<Page<ScheduleFireRow>>;
  /** Of each of the schedules the newest record, if it has any. */
  lastFires(ids: readonly ScheduleId[]): Promise<readonly ScheduleFireRow[]>;
}

/** Who changes a schedule, and when: epoch milliseconds. */
export interface ChangedBy {
  readonly by: string;
  readonly at: number;
}

/** The revision that a change was made from; absent: whichever there is. */
export interface AtRevision {
  readonly revision?: number | undefined;
}

export type ScheduleChange = Partial<Pick<ScheduleRow, 'name' | 'description' | 'plan' | 'start'>> & ChangedBy;

/**
 * The changes of people. Each makes the revision grow, so that nothing that was decided before it is written after it. What makes
 * fire times begin anew, being put online and another plan, has the schedule begin at that moment and the leader look at it: no
 * caller says when a schedule is due. Fire times that wait, or have come up and are not decided, when it is taken offline, gets another
 * plan or is deleted, are skipped.
 */
export interface ScheduleStore extends ScheduleReader {
  /** `cursorAt` and `dueAt` are those of going online at `updatedAt`. @throws AppError `name_in_use`; `not_found`: the workflow; `conflict`: a calendar is not there. */
  create(row: ScheduleRow): Promise<void>;
  /**
   * A plan that says the same as before changes nothing about fire times.
   * @throws AppError `name_in_use`, `not_found`; `conflict`: somebody else has changed it, or a calendar is not there.
   */
  update(before: Pick<ScheduleRow, 'id' | 'revision'>, change: ScheduleChange): Promise<void>;
  /** @returns whether it changed. @throws AppError `not_found`; `conflict`: it has another revision. */
  setOnline(id: ScheduleId, online: boolean, changed: ChangedBy & AtRevision): Promise<boolean>;
  /** Null: not any more. @throws AppError `not_found`; `conflict`: it has another revision. */
  pause(id: ScheduleId, until: number | null, changed: ChangedBy & AtRevision): Promise<void>;
  /** Its records stay. @throws AppError `not_found`; `conflict`: it has another revision. */
  delete(id: ScheduleId, deleted: { readonly at: number } & AtRevision): Promise<void>;
}

export type CalendarChange = Partial<Pick<CalendarRow, 'name' | 'description' | 'entries' | 'weekdays'>> & {
  readonly at: number;
};

export interface CalendarStore {
  /** @throws AppError `name_in_use`. */
  create(row: CalendarRow): Promise<void>;
  /** By id or by name. */
  find(idOrName: string): Promise<CalendarRow | undefined>;
  /** Those of the ids that there are, in no order. */
  many(ids: readonly CalendarId[]): Promise<readonly CalendarRow[]>;
  list(page: PageRequest): Promise<Page<CalendarRow>>;
  /** @throws AppError `name_in_use`, `not_found`; `conflict`: somebody else has changed it. */
  update(before: Pick<CalendarRow, 'id' | 'revision'>, change: CalendarChange): Promise<void>;
  /** @throws AppError `not_found`; `conflict` with the names of schedules that use it. */
  delete(id: CalendarId): Promise<void>;
  /** How many schedules use each of them; those that none uses may be left out. */
  useCounts(ids: readonly CalendarId[]): Promise<ReadonlyMap<CalendarId, number>>;
  /** Schedules that use it, in order of their ids. */
  namedBy(id: CalendarId, limit: number): Promise<readonly NamingSchedule[]>;
}

export interface NamingSchedule {
  readonly id: ScheduleId;
  readonly name: string;
  readonly project: string;
  readonly workflow: string;
}

/** A version that a schedule may start: the newest, or the one that it stays with. */
export interface ScheduledWorkflow {
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  /** Null for both: there is no such version. */
  readonly version: number | null;
  readonly document: WorkflowDocument | null;
}

export type OpenRun = Pick<WorkflowInstanceRow, 'id' | 'state'> & { readonly scheduleId: ScheduleId };

/** What deciding about some schedules needs to know beside their rows. No part of it is one moment with another. */
export interface ScheduleSurroundings {
  readonly calendars: readonly CalendarRow[];
  /** In the order of the schedules. */
  readonly workflows: readonly (ScheduledWorkflow | undefined)[];
  /** Runs that they have started and that have not ended. Only of those that ask for it by their overlap policy. */
  readonly open: readonly OpenRun[];
  /** Fire times that wait, the oldest first. */
  readonly queued: readonly ScheduleFireRow[];
  /** Fire times after the cursor that have their record already, because a clock was ahead. */
  readonly recorded: readonly Pick<ScheduleFireRow, 'scheduleId' | 'fireAt'>[];
}

/** What is written about one schedule: all of it or nothing. */
export interface ScheduleStep {
  /** As it was read. */
  readonly schedule: ScheduleRow;
  readonly cursorAt: number;
  readonly dueAt: number | null;
  /** New records. */
  readonly fires: readonly ScheduleFireRow[];
  /** Records that said `queued` and do not any more. */
  readonly dequeued: readonly ScheduleFireRow[];
  readonly runs: readonly NewRun[];
  /** Orders to runs that make room. */
  readonly stops: readonly CommandRow[];
}

/** What the leader asks. */
export interface ScheduleQueue {
  /** Online schedules of online workflows that are due by then, those that are due for longest first. */
  due(by: number, limit: number): Promise<readonly ScheduleRow[]>;
  /** When the next one is due after this moment; null: none is. */
  nextDueAt(after: number): Promise<number | null>;
  /** Schedules whose waiting fire times may go on, because no run of theirs is open; by id, after this one. */
  unblocked(after: string | null, limit: number): Promise<readonly ScheduleRow[]>;
  surroundings(schedules: readonly ScheduleRow[]): Promise<ScheduleSurroundings>;
  /**
   * Writes the steps in one unit, guarded by the epoch: all, or none when one of the schedules is not as it was read, it or its
   * workflow is not online, a fire time has its record, or one that waited does not any more.
   * @throws AppError `conflict`, `fenced`: nothing was written. `outcome_unknown`.
   */
  advance(epoch: Epoch, steps: readonly ScheduleStep[]): Promise<void>;
  /**
   * The leader cannot deal with it as it was read, and goes on with others: the row says why, until it is dealt with or somebody changes it.
   * @throws AppError `conflict`: it is not as it was read, or rests. `fenced`.
   */
  setAside(epoch: Epoch, schedule: Pick<ScheduleRow, 'id' | 'revision'>, problem: ScheduleProblem): Promise<void>;
  /**
   * The clock was ahead: schedules whose cursor lies more than `toleranceMs` after `now` go on from `now` again, or from before the
   * first fire time whose record was decided after it, or from where they began and nothing was decided; never from before they began.
   * These records go from there on, but for those of fire times that have their run or wait for it.
   * @returns how many, at most `limit`. @throws AppError `fenced`.
   */
  takeBack(
    epoch: Epoch,
    options: { readonly now: number; readonly toleranceMs: number; readonly limit: number },
  ): Promise<number>;
  /** What changes have left undecided, and which fire times in it have their record all the same; at most so many changes. */
  remains(limit: number): Promise<readonly Omit<RemainsQuestion, 'now'>[]>;
  /**
   * Writes records of what remains after a change, as it was read, in one unit.
   * @throws AppError `conflict`: it is not as it was read. `fenced`. `outcome_unknown`.
   */
  settleRemains(epoch: Epoch, remains: ScheduleRemainsRow, decision: RemainsDecision): Promise<void>;
  figures(): Promise<ScheduleFigures>;
}

export interface ScheduleFigures {
  readonly total: number;
  /** Those that the leader looks at some time: online, of an online workflow, and not over. */
  readonly active: number;
  /** Fire times that wait for a run to end. */
  readonly queued: number;
  /** Schedules that the leader cannot deal with. */
  readonly failing: number;
}
