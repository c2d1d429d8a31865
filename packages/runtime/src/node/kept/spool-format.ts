/**
 * What the keeper writes down of one attempt, in files of the attempt's folder:
 *
 *   output.1, output.2, …   what the process printed, a line of JSON for each piece. The first line of each says whose it
 *                           is and how many bytes of output came before it; `output.1` also says when the process started
 *   end.json                how it ended. There whole or not at all, and after everything else
 *   stop.json               written by the agent: by when everything has to have ended
 *
 * Positions are bytes of the printed text in UTF-8, over all files.
 */
import type { CollectedOutputs } from '@vaquita/core/outputs';
import type { ProcessIdentity } from '../process-table.ts';
import type { ProcessUsage } from '../process-usage.ts';

export const END_FILE = 'end.json';
export const STOP_FILE = 'stop.json';
const PART = /^output\.([1-9]\d{0,9})$/;

export function partName(part: number): string {
  return `output.${part}`;
}

/** The numbers of the output files among the names, in order. */
export function partsAmong(names: readonly string[]): number[] {
  return names.flatMap((name) => Number(PART.exec(name)?.[1] ?? []) || []).sort((a, b) => a - b);
}

/** First line of each output file. */
export interface PartHead {
  readonly keeper: ProcessIdentity;
  /** Position of the first byte in this file. */
  readonly at: number;
}

export interface StartedLine {
  readonly started: ProcessIdentity;
  readonly at: number;
}

export type OutputLine = { readonly out: string } | { readonly err: string };

export type PartLine = PartHead | StartedLine | OutputLine;

export type KeptEnd =
  | {
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly endedAt: number;
      readonly outputs: CollectedOutputs | null;
      /** All that was printed, kept or not. */
      readonly bytes: number;
      /** A keeper of an older agent has not measured it. */
      readonly usage?: ProcessUsage | null;
    }
  /** It could not be started: the system's code, and its words. */
  | { readonly startProblem: { readonly code: string; readonly message: string } };

export interface StopRecord {
  /** Epoch milliseconds. */
  readonly by: number;
}

export function encodeLine(line: PartLine): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** @throws on anything that is not such a line. */
export function parseLine(text: string): PartLine {
  const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (typeof line.out === 'string') return { out: line.out };
  if (typeof line.err === 'string') return { err: line.err };
  if (typeof line.at === 'number' && isIdentity(line.keeper)) return { keeper: line.keeper, at: line.at };
  if (typeof line.at === 'number' && isIdentity(line.started)) return { started: line.started, at: line.at };
  throw new Error(`"${text.slice(0, 80)}" is no line of an output file`);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTime' in value)) return false;
  return typeof value.pid === 'number' && (value.startTime === null || typeof value.startTime === 'string');
}
