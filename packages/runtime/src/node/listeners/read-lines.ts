/**
 * Lines of a stream whose writer is not trusted: long ones are cut, and who writes too much is read more slowly, so that
 * it waits and the server does not work for it.
 */

import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@vaquita/core';

export interface LineReading {
  readonly clock: Clock;
  readonly maxChars: number;
  readonly onLine: (line: string) => void;
}

const BYTES_A_WINDOW = 1_048_576;
const WINDOW_MS = 1_000;

export function readLines(stream: Readable, { clock, maxChars, onLine }: LineReading): void {
  const decoder = new StringDecoder('utf8');
  let line = '';
  let left = BYTES_A_WINDOW;

  function take(text: string): void {
    const parts = text.split('\n');
    for (const [index, part] of parts.entries()) {
      if (line.length < maxChars) line += part.slice(0, maxChars - line.length);
      if (index === parts.length - 1) return;
      onLine(line);
      line = '';
    }
  }

  function spend(bytes: number): void {
    if (left === BYTES_A_WINDOW) clock.setTimeout(refill, WINDOW_MS);
    left -= bytes;
    if (left <= 0) stream.pause();
  }

  function refill(): void {
    left = BYTES_A_WINDOW;
    stream.resume();
  }

  stream.on('data', (chunk: Buffer) => {
    spend(chunk.length);
    take(decoder.write(chunk));
  });
  stream.on('end', () => {
    if (line !== '') onLine(line);
  });
  stream.on('error', () => undefined);
}
