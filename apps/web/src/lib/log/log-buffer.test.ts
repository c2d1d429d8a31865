import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogBuffer, MAX_LINE_CHARS } from './log-buffer.ts';

const all = (buffer: LogBuffer) => Array.from({ length: buffer.length }, (_, i) => buffer.plain(i));

describe('LogBuffer', () => {
  it('gives the same lines wherever the chunks were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z ]{0,8}$/)), fc.array(fc.nat({ max: 40 })), (lines, cuts) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const buffer = new LogBuffer();
        let at = 0;
        for (const cut of cuts) {
          buffer.append(text.slice(at, at + cut));
          at += cut;
        }
        buffer.append(text.slice(at));
        expect(all(buffer)).toEqual(lines);
      }),
    );
  });

  it('shows an unfinished line and completes it in place', () => {
    const buffer = new LogBuffer();
    buffer.append('one\ntw');
    expect(all(buffer)).toEqual(['one', 'tw']);
    buffer.append('o\n');
    expect(all(buffer)).toEqual(['one', 'two']);
  });

  it('reads Windows line ends and progress bars', () => {
    const buffer = new LogBuffer();
    buffer.append('a\r\n10%\r50%\r100%\r\nloading 3%\rloading 9%');
    expect(all(buffer)).toEqual(['a', '100%', 'loading 9%']);
  });

  it('keeps a colour open over lines', () => {
    const buffer = new LogBuffer();
    buffer.append('\u001b[31mred\nstill red\u001b[0m\nplain\n');
    expect(buffer.spans(1)[0]?.style.colour).toBe(1);
    expect(buffer.spans(2)[0]?.style.colour).toBeUndefined();
  });

  it('lets the oldest lines go and keeps their numbers', () => {
    const buffer = new LogBuffer(100);
    for (let i = 1; i <= 1000; i++) buffer.append(`line ${i}\n`);
    expect(buffer.length).toBeLessThanOrEqual(113);
    expect(buffer.plain(0)).toBe(`line ${buffer.dropped + 1}`);
    expect(buffer.lastNumber).toBe(1000);
  });

  it('bounds a line that never ends', () => {
    const buffer = new LogBuffer();
    for (let i = 0; i < 10; i++) buffer.append('x'.repeat(MAX_LINE_CHARS));
    expect(buffer.length).toBe(10);
    buffer.append(`${'y'.repeat(MAX_LINE_CHARS * 2)}\n`);
    expect(buffer.raw(buffer.length - 1).length).toBeLessThanOrEqual(MAX_LINE_CHARS + 1);
  });

  it('finds the next and the previous trouble', () => {
    const buffer = new LogBuffer();
    buffer.append('ok\nERROR: disk full\nok\nTraceback (most recent call last)\nterror\n');
    expect(buffer.findTrouble(0, 1)).toBe(1);
    expect(buffer.findTrouble(2, 1)).toBe(3);
    expect(buffer.findTrouble(4, 1)).toBe(-1);
    expect(buffer.findTrouble(4, -1)).toBe(3);
  });
});
