/** A state machine as a picture and as a list, and the way that was taken through it. Pure. */
import type { EventView } from '@vaquita/client';
import { RUN_MACHINE, TASK_MACHINE } from './machines.ts';

export type MachineKind = 'run' | 'task';

export interface Change {
  /** Null: it comes into being. */
  readonly from: string | null;
  readonly to: string;
  readonly events: readonly string[];
  /** Of a task: events about its run as a whole. */
  readonly ofRun: readonly string[];
  /** It also follows from what becomes of a task. */
  readonly followsTasks: boolean;
}

function readChange(line: string): Change {
  const [states = '', rest = ''] = line.split(': ');
  const [from = '', to = ''] = states.split(' > ');
  const [events = [], ofRun = [], tasks = []] = rest.split('|').map((part) => part.split(',').map((one) => one.trim()));
  const named = (list: readonly string[]) => list.filter((one) => one !== '');
  return {
    from: from === '*' ? null : from,
    to,
    events: named(events),
    ofRun: named(ofRun),
    followsTasks: tasks[0] === 'tasks',
  };
}

export const CHANGES: Readonly<Record<MachineKind, readonly Change[]>> = {
  run: RUN_MACHINE.map(readChange),
  task: TASK_MACHINE.map(readChange),
};

/** Columns and rows of the states: where things begin is left, where they end is right. */
export const PLACES: Readonly<Record<MachineKind, Readonly<Record<string, readonly [number, number]>>>> = {
  run: {
    serial_wait: [0, 0],
    submitted: [0, 1.5],
    running: [1, 1.5],
    ready_pause: [2, 0],
    ready_stop: [2, 3],
    paused: [3, 0],
    success: [3, 1],
    failure: [3, 2],
    stopped: [3, 3],
  },
  task: {
    delayed: [0, 0],
    submitted: [0, 1.5],
    paused: [0, 3],
    dispatched: [1, 1.5],
    running: [2, 1.5],
    success: [3, 0],
    failure: [3, 1],
    killed: [3, 2],
    need_fault_tolerance: [3, 3],
    forced_success: [4, 1.5],
  },
};

export const BOX = { width: 124, height: 38 } as const;
const STEP = { x: 188, y: 84 } as const;
const MARGIN = 26;

export interface DrawnState {
  readonly state: string;
  /** Of its upper left corner. */
  readonly x: number;
  readonly y: number;
}

export interface DrawnChange {
  readonly change: Change;
  /** Of an SVG path. */
  readonly path: string;
  /** Where its number and its events stand. */
  readonly x: number;
  readonly y: number;
}

export interface DrawnMachine {
  readonly states: readonly DrawnState[];
  readonly changes: readonly DrawnChange[];
  readonly width: number;
  readonly height: number;
}

export function drawMachine(kind: MachineKind): DrawnMachine {
  const places = Object.entries(PLACES[kind]);
  const states = places.map(([state, [column, row]]) => ({
    state,
    x: MARGIN + column * STEP.x,
    y: MARGIN + row * STEP.y,
  }));
  const middles = new Map(states.map(({ state, x, y }) => [state, { x: x + BOX.width / 2, y: y + BOX.height / 2 }]));
  const changes = CHANGES[kind].flatMap((change): DrawnChange[] => {
    const from = middles.get(change.from ?? '');
    const to = middles.get(change.to);
    return from && to ? [{ change, ...curve(from, to) }] : [];
  });
  return {
    states,
    changes,
    width: 2 * MARGIN + BOX.width + STEP.x * Math.max(...places.map(([, [column]]) => column)),
    height: 2 * MARGIN + BOX.height + STEP.y * Math.max(...places.map(([, [, row]]) => row)),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Bends to its left, so that the way there and the way back are two. */
function curve(from: Point, to: Point): Omit<DrawnChange, 'change'> {
  if (from === to) {
    const top = from.y - BOX.height / 2;
    const path = `M${from.x - 14} ${top}C${from.x - 26} ${top - 34} ${from.x + 26} ${top - 34} ${from.x + 14} ${top}`;
    return { path, x: from.x, y: top - 24 };
  }
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const bend = 0.14;
  const control = { x: (from.x + to.x) / 2 + dy * bend, y: (from.y + to.y) / 2 - dx * bend };
  const begin = edgeOf(from, control);
  const end = edgeOf(to, control);
  return {
    path: `M${round(begin.x)} ${round(begin.y)}Q${round(control.x)} ${round(control.y)} ${round(end.x)} ${round(end.y)}`,
    x: round((begin.x + 2 * control.x + end.x) / 4),
    y: round((begin.y + 2 * control.y + end.y) / 4),
  };
}

/** Where a line from the middle of a state towards a point leaves its box. */
function edgeOf(middle: Point, towards: Point): Point {
  const [dx, dy] = [towards.x - middle.x, towards.y - middle.y];
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : (BOX.width / 2 + 3) / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : (BOX.height / 2 + 3) / Math.abs(dy),
  );
  return { x: middle.x + dx * scale, y: middle.y + dy * scale };
}

const round = (n: number) => Math.round(n * 10) / 10;

export interface Taken {
  /** In order, from 1. */
  readonly number: number;
  readonly from: string | null;
  readonly to: string;
  readonly at: string;
  readonly seq: number;
}

/** @param task id of the task instance whose way it is; that of the run without it */
export function wayOf(events: readonly EventView[], task?: string): readonly Taken[] {
  const kind = task === undefined ? 'workflow_instance' : 'task_instance';
  return events
    .filter(
      ({ type, taskInstanceId }) => type.startsWith(`${kind}.`) && (task === undefined || taskInstanceId === task),
    )
    .flatMap(({ type, data, at, seq }) => {
      if (type === `${kind}.created` && typeof data.state === 'string') return { from: null, to: data.state, at, seq };
      if (type !== `${kind}.state` || typeof data.from !== 'string' || typeof data.to !== 'string') return [];
      return { from: data.from, to: data.to, at, seq };
    })
    .map((step, index) => ({ number: index + 1, ...step }));
}

/** The numbers of the steps that took this change. */
export const numbersOf = (way: readonly Taken[], { from, to }: Pick<Change, 'from' | 'to'>) =>
  way.filter((step) => step.from === from && step.to === to).map(({ number }) => number);

/** Numbers in as little room as a mark has: the first and last of many. */
export function shortNumbers(numbers: readonly number[]): string {
  return numbers.length <= 3 ? numbers.join(', ') : `${numbers[0]} … ${numbers.at(-1)}`;
}
