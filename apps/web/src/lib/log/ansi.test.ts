import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN, parseLine, stripAnsi } from './ansi.ts';

const E = '\u001b';
const colours = (text: string) => parseLine(text).spans.map((span) => [span.text, span.style.colour]);

describe('parseLine', () => {
  it('splits at colour changes', () => {
    expect(colours(`a${E}[31mb${E}[0mc`)).toEqual([
      ['a', undefined],
      ['b', 1],
      ['c', undefined],
    ]);
  });

  it('carries an open style to the next line', () => {
    const first = parseLine(`${E}[1;33mwarn`);
    expect(first.end).toEqual({ ...PLAIN, bold: true, colour: 3 });
    expect(parseLine('more', first.end).spans[0]?.style.bold).toBe(true);
  });

  it('reads bright, 256-colour and true-colour codes as the nearest readable slot', () => {
    expect(colours(`${E}[91mx`)).toEqual([['x', 1]]);
    expect(colours(`${E}[90mx`)).toEqual([['x', 8]]);
    expect(colours(`${E}[38;5;196mx`)).toEqual([['x', 1]]);
    expect(colours(`${E}[38;2;20;200;40mx`)).toEqual([['x', 2]]);
    expect(colours(`${E}[38;5;1;1mx`)).toEqual([['x', 1]]);
    expect(parseLine(`${E}[38;5;1;1mx`).spans[0]?.style.bold).toBe(true);
  });

  it('leaves a background colour out without losing what follows', () => {
    expect(colours(`${E}[48;2;1;2;3;32mx`)).toEqual([['x', 2]]);
  });

  it.each([
    [`${E}]0;title\u0007text`, 'text'],
    [`${E}]8;;http://evil${E}\\link${E}]8;;${E}\\`, 'link'],
    [`${E}[2J${E}[1;1Htext`, 'text'],
    [`${E}[?25ltext`, 'text'],
    [`${E}(Btext`, 'text'],
    [`a\u0008\u0000b`, 'ab'],
    ['a\tb', 'a    b'],
    ['safe\u202egnp.exe', 'safegnp.exe'],
    [`cut${E}[3`, 'cut'],
    [`cut${E}`, 'cut'],
    [`${E}[31\nx`, 'x'],
  ])('drops what is not text: %j', (raw, text) => expect(stripAnsi(raw)).toBe(text));

  it('never throws, never emits a control character, never loses plain text', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(E, '[', ']', ';', 'm', '3', '8', '5', 'a', '\u0007', '\\', '\u009b', '('),
    });
    fc.assert(
      fc.property(hostile, (raw) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
        expect(stripAnsi(raw)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9 \]m;]*$/), (text) => {
        expect(stripAnsi(text)).toBe(text);
      }),
    );
  });
});
