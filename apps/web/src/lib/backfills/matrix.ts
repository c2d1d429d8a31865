/**
 * Items of a backfill as a calendar: a block for each month, day or year, in it a line for each workflow, in that a cell for each
 * business time. Cells that stand below each other are of the same day of the month, hour of the day, or month of the year. Pure.
 */
import type { BackfillItemView } from '@vaquita/client';

export type Cell = Pick<
  BackfillItemView,
  'position' | 'workflowId' | 'workflowName' | 'level' | 'businessTime' | 'state'
>;

export interface MatrixLine<Item extends Cell> {
  readonly workflowId: string;
  readonly workflowName: string;
  /** By column; null where there is no such time. */
  readonly cells: readonly (Item | null)[];
}

export interface MatrixBlock<Item extends Cell> {
  readonly key: string;
  /** A moment in it, to name it by. */
  readonly at: number;
  readonly lines: readonly MatrixLine<Item>[];
}

export type Grain = 'hours' | 'days' | 'months' | 'other';

export interface Matrix<Item extends Cell> {
  readonly grain: Grain;
  /** Heads of the columns; empty where they mean nothing. */
  readonly columns: readonly string[];
  readonly blocks: readonly MatrixBlock<Item>[];
}

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}

const DAY_MS = 86_400_000;
const WIDTH = 24;
const pad = (n: number) => String(n).padStart(2, '0');

/** `zone`: an IANA name. Blocks and times come oldest first, lines by level. */
export function matrixOf<Item extends Cell>(items: readonly Item[], zone: string | undefined): Matrix<Item> {
  const wall = wallReader(zone);
  const byTime = Map.groupBy(items, (item) => Date.parse(item.businessTime));
  const times = [...byTime.keys()].sort((a, b) => a - b);
  const walls = new Map(times.map((at) => [at, wall(at)]));
  const grain = grainOf(times, (at) => walls.get(at)!);
  const members = membersOf(items);
  const placeOf = (at: number, index: number) => place(grain, walls.get(at)!, index);
  const columns = headsOf(grain);
  const blocks: MatrixBlock<Item>[] = [];
  for (const [key, group] of Map.groupBy(times.entries(), ([index, at]) => placeOf(at, index).block)) {
    const width = columns.length || Math.min(WIDTH, times.length);
    const lines = members.flatMap(({ workflowId, workflowName }) => {
      const cells: (Item | null)[] = Array.from({ length: width }, () => null);
      for (const [index, at] of group) {
        const item = byTime.get(at)!.find((one) => one.workflowId === workflowId);
        if (item !== undefined) cells[placeOf(at, index).column] = item;
      }
      return cells.some((cell) => cell !== null) ? [{ workflowId, workflowName, cells }] : [];
    });
    blocks.push({ key, at: group[0]![1], lines });
  }
  return { grain, columns, blocks };
}

function membersOf(items: readonly Cell[]): readonly Cell[] {
  const first = new Map<string, Cell>();
  for (const item of items) if (!first.has(item.workflowId)) first.set(item.workflowId, item);
  return [...first.values()].sort((a, b) => a.level - b.level || a.workflowName.localeCompare(b.workflowName));
}

/** The widest calendar that suits how far apart the times are, and in which no two of them share a cell. */
function grainOf(times: readonly number[], wallOf: (at: number) => Wall): Grain {
  const walls = times.map(wallOf);
  const gap = Math.min(...times.slice(1).map((at, i) => at - times[i]!));
  const distinct = (key: (wall: Wall) => string) => new Set(walls.map(key)).size === times.length;
  if (times.length > 1 && gap > 27 * DAY_MS && distinct(({ year, month }) => `${year} ${month}`)) return 'months';
  if (distinct(({ year, month, day }) => `${year} ${month} ${day}`)) return 'days';
  return distinct(({ year, month, day, hour }) => `${year} ${month} ${day} ${hour}`) ? 'hours' : 'other';
}

function place(
  grain: Grain,
  { year, month, day, hour }: Wall,
  index: number,
): { readonly block: string; readonly column: number } {
  switch (grain) {
    case 'months':
      return { block: `${year}`, column: month - 1 };
    case 'days':
      return { block: `${year}-${pad(month)}`, column: day - 1 };
    case 'hours':
      return { block: `${year}-${pad(month)}-${pad(day)}`, column: hour };
    default:
      return { block: `${Math.floor(index / WIDTH)}`, column: index % WIDTH };
  }
}

function headsOf(grain: Grain): readonly string[] {
  if (grain === 'months') return Array.from({ length: 12 }, (_, i) => `${i + 1}`);
  if (grain === 'days') return Array.from({ length: 31 }, (_, i) => `${i + 1}`);
  return grain === 'hours' ? Array.from({ length: 24 }, (_, i) => pad(i)) : [];
}

function wallReader(zone: string | undefined): (at: number) => Wall {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour') };
  };
}

export type WalkKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End' | 'PageUp' | 'PageDown';
export const WALK_KEYS: readonly string[] = [
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
] satisfies WalkKey[];

/** The position of the item to go to; that of where one is when there is none further. */
export function walk<Item extends Cell>(matrix: Matrix<Item>, from: number, key: WalkKey): number {
  const lines = matrix.blocks.flatMap((block, index) => block.lines.map((line) => ({ ...line, block: index })));
  const row = lines.findIndex(({ cells }) => cells.some((cell) => cell?.position === from));
  if (row === -1) return lines[0]?.cells.find((cell) => cell !== null)?.position ?? from;
  const { cells, workflowId, block } = lines[row]!;
  const column = cells.findIndex((cell) => cell?.position === from);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      // Along the times of one workflow, from block to block.
      const own = lines.filter((line) => line.workflowId === workflowId).flatMap((line) => line.cells);
      const there = own.filter((cell) => cell !== null);
      const at = there.findIndex((cell) => cell.position === from);
      return there[at + (key === 'ArrowRight' ? 1 : -1)]?.position ?? from;
    }
    case 'Home':
      return cells.find((cell) => cell !== null)?.position ?? from;
    case 'End':
      return cells.findLast((cell) => cell !== null)?.position ?? from;
    case 'ArrowUp':
      return nearest(lines.slice(0, row).toReversed(), column) ?? from;
    case 'ArrowDown':
      return nearest(lines.slice(row + 1), column) ?? from;
    case 'PageUp':
      return (
        nearest(
          lines.filter((line) => line.block === block - 1 && line.workflowId === workflowId),
          column,
        ) ?? from
      );
    case 'PageDown':
      return (
        nearest(
          lines.filter((line) => line.block === block + 1 && line.workflowId === workflowId),
          column,
        ) ?? from
      );
  }
}

/** In the first line: the cell of the column, or the one that is next to it. */
function nearest(lines: readonly { readonly cells: readonly (Cell | null)[] }[], column: number): number | undefined {
  const there = [...(lines[0]?.cells.entries() ?? [])].filter(([, cell]) => cell !== null);
  return there.sort(([a], [b]) => Math.abs(a - column) - Math.abs(b - column))[0]?.[1]?.position;
}
