/** Why a task instance waits, or ended as it did: what was recorded first, then what the rows of today add. */
import {
  isLogicType,
  isTaskTerminal,
  type Reason,
  type ReasonCode,
  type TaskInstanceRow,
  type TaskState,
} from '@vaquita/core';
import type { WhyFacts } from './why-facts.ts';
import { whyNoGroupSlot } from './why-task-group.ts';
import { labelOf } from './why-words.ts';
import { whyNoWorker, whyWorkerAway } from './why-workers.ts';

export function whyTaskInstance(facts: WhyFacts, row: TaskInstanceRow): readonly Reason[] {
  const added = addition(facts, row);
  // What the rows of today say with the same code says it better, and twice is once too often.
  const old = recorded(row).filter(({ code }) => added.every((reason) => reason.code !== code));
  const reasons = [...old, ...whyKilling(row), ...added];
  const known = reasons.length > 0 ? reasons : FALLBACKS[row.state](row);
  return row.current ? known : [...known, whySuperseded(facts, row)];
}

/** What was recorded, with what happens next where the record leaves that to the reader. */
function recorded(row: TaskInstanceRow): readonly Reason[] {
  const { reason, state } = row;
  if (reason === null || state === 'success') return reason === null || reason.code !== 'dry_run' ? [] : [reason];
  const next = reason.next ?? (row.current ? NEXT[state] : undefined);
  const nextAt = reason.nextAt ?? (state === 'delayed' ? (row.dueAt ?? undefined) : undefined);
  return [{ ...reason, ...(next === undefined ? {} : { next }), ...(nextAt === undefined ? {} : { nextAt }) }];
}

const NEXT: Partial<Record<TaskState, string>> = {
  delayed: 'it is queued',
  paused: 'it goes on when somebody resumes the run',
  need_fault_tolerance: 'a new attempt is made',
  failure: 'nothing by itself: recover-failed makes it anew, force-success lets the run go on without it',
  killed: 'nothing by itself: recover-failed or resume makes it anew, force-success lets the run go on without it',
};

/** The order to end it, where another reason was recorded after it. */
function whyKilling(row: TaskInstanceRow): readonly Reason[] {
  if (row.killRequestedAt === null || isTaskTerminal(row.state)) return [];
  if (row.reason !== null && ['kill_requested', 'timeout_kill'].includes(row.reason.code)) return [];
  return [
    {
      code: 'kill_requested',
      text: 'It has been told to end.',
      since: row.killRequestedAt,
      next: 'it ends when its worker answers, or when the worker is lost',
      evidence: { worker: row.workerName },
    },
  ];
}

function addition(facts: WhyFacts, row: TaskInstanceRow): readonly Reason[] {
  switch (row.state) {
    case 'submitted': {
      // It waits with its run, or begins without a worker.
      if (facts.instance.queuedAt !== null || isLogicType(row.type)) return [];
      const group = whyNoGroupSlot(facts, row);
      return [group ?? whyNoWorker(facts, row)];
    }
    case 'dispatched':
    case 'running': {
      const away = whyWorkerAway(facts, row);
      return [...(away ? [away] : []), ...whyLogic(facts, row)];
    }
    default:
      return [];
  }
}

/** What a task that the server does itself waits for. */
function whyLogic({ runs }: WhyFacts, { logic, startedAt, submittedAt, reason }: TaskInstanceRow): readonly Reason[] {
  const since = startedAt ?? submittedAt;
  switch (logic?.kind) {
    case 'child': {
      const child = logic.child === null ? undefined : runs.get(logic.child);
      if (!child) return [];
      const text = `Run ${labelOf(child)}, which it started, is ${child.state}.${child.reason ? ` ${child.reason.text}` : ''}`;
      const evidence = { child: child.id, childState: child.state };
      return [{ code: 'child_run', text, since: child.startedAt ?? since, next: 'it ends as that run ends', evidence }];
    }
    case 'children': {
      const started = logic.items.filter(({ state }) => state === 'started').length;
      const waiting = logic.items.filter(({ state }) => state === 'waiting').length;
      const items = logic.items.length;
      const ended = items - started - waiting;
      const text = `Of its ${items} runs ${ended} have ended, ${started} go on and ${waiting} wait to be started.`;
      const evidence = { items, ended, started, waiting };
      return [{ code: 'child_runs', text, since, next: 'it ends when all of them have ended', evidence }];
    }
    case 'approval': {
      if (reason !== null || logic.decision !== null) return [];
      const next = 'somebody approves or rejects it';
      return [{ code: 'waiting_for_approval', text: 'Waiting for somebody to approve it.', since, next }];
    }
    case 'wait': {
      if (reason !== null) return [];
      const { until, signal } = logic;
      const text = signal === null ? 'Waiting for its time.' : `Waiting for the signal "${signal}".`;
      return [{ code: 'waiting', text, since, next: 'it succeeds then', ...(until === null ? {} : { nextAt: until }) }];
    }
    case 'dependent': {
      if (reason !== null) return [];
      const evidence = { succeeded: Object.keys(logic.succeeded).length };
      const next = 'it looks again when a run of these workflows ends';
      return [{ code: 'waiting_for_dependency', text: 'Waiting for runs of other workflows.', since, next, evidence }];
    }
    default:
      return [];
  }
}

function whySuperseded({ tasks }: WhyFacts, row: TaskInstanceRow): Reason {
  const newer = tasks.find(({ name, current }) => current && name === row.name);
  const text = newer
    ? `Attempt ${newer.attempt} of the task has taken its place; that is ${newer.state}.`
    : 'The task was made anew and has not been started again yet.';
  const evidence = { attempt: newer?.attempt ?? null, taskInstanceId: newer?.id ?? null };
  return { code: 'superseded', text, since: newer?.submittedAt ?? row.updatedAt, evidence };
}

/** Nothing was recorded and nothing is amiss: the state says it all. An ended success needs no reason. */
const FALLBACKS: Record<TaskState, (row: TaskInstanceRow) => readonly Reason[]> = {
  submitted: (row) => [{ code: 'queued', text: 'Waiting for a free slot of a worker.', since: row.updatedAt }],
  delayed: (row) => [
    {
      code: 'waiting_for_delay',
      text: 'Not to be started yet.',
      since: row.submittedAt,
      next: 'it is queued',
      ...(row.dueAt === null ? {} : { nextAt: row.dueAt }),
    },
  ],
  dispatched: (row) => [
    {
      code: 'sent',
      text: `Sent to worker "${row.workerName ?? 'unknown'}", which has not started it yet.`,
      since: row.dispatchedAt ?? row.updatedAt,
      next: 'it runs, or is sent to another worker when this one does not take it',
    },
  ],
  running: (row) => [
    {
      code: 'running',
      text: row.workerName === null ? 'The server does it itself.' : `It runs on worker "${row.workerName}".`,
      since: row.startedAt ?? row.updatedAt,
      next: 'it ends, or runs into its timeout if it has one',
      evidence: { worker: row.workerName },
    },
  ],
  paused: (row) => ended(row, 'paused', 'It waits until the run is resumed.'),
  need_fault_tolerance: (row) => ended(row, 'worker_lost', 'Its worker was lost.'),
  killed: (row) => ended(row, 'killed', 'It was killed.'),
  failure: (row) => ended(row, 'task_failed', row.exitCode === null ? 'It failed.' : `Exit code ${row.exitCode}.`),
  success: () => [],
  forced_success: (row) => ended(row, 'forced_success', 'Somebody counted it as a success.'),
};

function ended(row: TaskInstanceRow, code: ReasonCode, text: string): readonly Reason[] {
  const next = NEXT[row.state];
  return [{ code, text, since: row.endedAt ?? row.updatedAt, ...(next === undefined ? {} : { next }) }];
}
