/** What waiting and refused runs are told. Every sentence stays true until the run is told anew. */
import type { Evidence, LifecycleEvent, WorkflowInstanceId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import type { Shortage } from './admission.ts';

/** Who waits farther behind in a line is told only that: naming what moves in front of it would cost a commit each time. */
export const NEAR = 16;
/** Holders named one by one. */
const NAMED = 5;

export type Delay = Omit<Extract<LifecycleEvent, { type: 'TurnDelayed' }>, 'type'>;

export interface NamedRun {
  readonly id: WorkflowInstanceId;
  readonly bus: RunBus | null;
}

/** `#12`, or the id of a run whose number is not known. */
export function nameOf({ id, bus }: NamedRun): string {
  const number = bus?.run.instance.number ?? null;
  return number === null ? id : `#${number}`;
}

/** It waits for runs of its own workflow. `before`: waiting runs that go first. */
export function placeDelay(capacity: number, holders: readonly NamedRun[], before: number): Delay {
  const code = 'waiting_for_other_runs';
  if (before >= NEAR) {
    const text = `At least ${NEAR} waiting runs of this workflow go before it.`;
    return { serial: true, code, text, evidence: { limit: capacity, waitingBefore: `${NEAR} or more` } };
  }
  const named = holders.slice(0, NAMED);
  const evidence: Evidence = {
    limit: capacity,
    inUse: holders.length,
    position: before + 1,
    holders: named.map(({ id }) => id).join(', '),
    holderNumbers: named.map(nameOf).join(', '),
  };
  const first =
    holders.length === 0
      ? 'It waits for its place among the runs of its workflow.'
      : capacity === 1
        ? `Run ${nameOf(holders[0]!)} of this workflow goes first; one may run at a time.`
        : `${holders.length} runs of this workflow are live, and ${capacity} may be at once.`;
  const rest = before === 0 ? '' : ` ${before === 1 ? 'One waiting run goes' : `${before} waiting runs go`} before it.`;
  return { serial: true, code, text: `${first}${rest}`, evidence };
}

/** It has its place and waits for room. */
export function admissionDelay({ of, where, limit }: Shortage, before: number): Delay {
  const near = before < NEAR;
  const what = of === 'live_runs' ? 'runs are live' : 'tasks are queued';
  const place = where === 'server' ? 'on the server' : 'in its project';
  return {
    serial: false,
    code: 'waiting_for_admission',
    text: `As many ${what} ${place} as may be at once (${limit}).`,
    evidence: {
      limit,
      limitOf: of,
      where,
      ...(near ? { position: before + 1 } : { waitingBefore: `${NEAR} or more` }),
    },
  };
}

/** The leader does not know yet who is live. */
export const NOT_KNOWN: Delay = {
  serial: false,
  code: 'waiting_for_admission',
  text: 'This server has just taken the lead and still reads which runs are live.',
  evidence: {},
};

/** Two delays with the same key say the same. */
export function keyOf({ code, text, evidence }: Delay): string {
  return `${code} ${text} ${JSON.stringify(evidence)}`;
}

type Denial = Extract<LifecycleEvent, { type: 'TurnDenied' }>;
type Displacement = Extract<LifecycleEvent, { type: 'RunDisplaced' }>;

export function discarded(other: NamedRun): Denial {
  return {
    type: 'TurnDenied',
    code: 'discarded',
    text: `Run ${nameOf(other)} of this workflow was live or waiting; the workflow (serial_discard) starts no other beside it.`,
    evidence: { holder: other.id, holderNumber: nameOf(other) },
  };
}

export function outdated(newer: NamedRun): Denial {
  return {
    type: 'TurnDenied',
    code: 'displaced',
    text: `${newerRun(newer)} of this workflow (serial_priority) goes instead of it.`,
    evidence: { holder: newer.id, holderNumber: nameOf(newer) },
  };
}

export function ownAncestor(ancestor: NamedRun): Denial {
  return {
    type: 'TurnDenied',
    code: 'waits_for_itself',
    text: `It was started from inside run ${nameOf(ancestor)} of the same workflow, which holds the place and waits for it. Let the workflow run in parallel, or do not start it from itself.`,
    evidence: { holder: ancestor.id, holderNumber: nameOf(ancestor) },
  };
}

export function displacedBy(newer: NamedRun): Displacement {
  return {
    type: 'RunDisplaced',
    text: `${newerRun(newer)} of this workflow (serial_priority) takes its place.`,
    evidence: { newer: newer.id, newerNumber: nameOf(newer) },
  };
}

/** A run that asks the moment it is started has no number yet, and an id says nothing to who reads a sentence. */
function newerRun({ bus }: NamedRun): string {
  const number = bus?.run.instance.number ?? null;
  return number === null ? 'A newer run' : `The newer run #${number}`;
}
