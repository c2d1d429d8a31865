/**
 * How a journal is written down: one line for each change, `<bytes> <crc32> <json>`. The length finds the next line when
 * a line break is damaged; the checksum tells a line that is whole from one that is not.
 */
import { crc32 } from 'node:zlib';

export type JournalEntry = { readonly put: string; readonly text: string } | { readonly remove: string };

export interface JournalContent {
  /** What was put and not removed, in the order it was put. */
  readonly live: ReadonlyMap<string, string>;
  /** Lines that cannot be read, as they are. */
  readonly damaged: readonly Buffer[];
  /** The file ends within a line: it was being written when the machine or the process stopped. */
  readonly torn: boolean;
}

const HEAD = /^(\d{1,10}) ([0-9a-f]{8}) /;
const MAX_HEAD_BYTES = 20;
const LINE_BREAK = 0x0a;

export function encodeEntry(entry: JournalEntry): string {
  const json = JSON.stringify(entry);
  return `${Buffer.byteLength(json)} ${checksum(Buffer.from(json))} ${json}\n`;
}

export function parseJournal(bytes: Buffer): JournalContent {
  const live = new Map<string, string>();
  const damaged: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const line = readLine(bytes, at);
    if (line !== null) {
      if ('put' in line.entry) live.set(line.entry.put, line.entry.text);
      else live.delete(line.entry.remove);
      at = line.next;
      continue;
    }
    const lineBreak = bytes.indexOf(LINE_BREAK, at);
    if (lineBreak === -1) return { live, damaged, torn: true };
    damaged.push(bytes.subarray(at, lineBreak + 1));
    at = lineBreak + 1;
  }
  return { live, damaged, torn: false };
}

function readLine(bytes: Buffer, at: number): { readonly entry: JournalEntry; readonly next: number } | null {
  const [head, length, sum] = HEAD.exec(bytes.toString('latin1', at, at + MAX_HEAD_BYTES)) ?? [];
  if (head === undefined) return null;
  const from = at + head.length;
  const to = from + Number(length);
  // The line break belongs to the line: without it the line is not whole, whatever stands in its place.
  if (to >= bytes.length) return null;
  const json = bytes.subarray(from, to);
  if (checksum(json) !== sum) return null;
  const entry = parseEntry(json.toString());
  return entry === null ? null : { entry, next: to + 1 };
}

function parseEntry(json: string): JournalEntry | null {
  try {
    const { put, text, remove } = JSON.parse(json) as Readonly<Record<string, unknown>>;
    if (typeof put === 'string' && typeof text === 'string') return { put, text };
    return typeof remove === 'string' ? { remove } : null;
  } catch {
    return null;
  }
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
