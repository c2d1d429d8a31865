/**
 * Terminal text → styled spans. Only colours and weights are kept; every other escape sequence is dropped, so a log
 * can neither move a cursor nor carry markup. Colours map to nine readable slots of the theme, not to raw RGB.
 */
export interface Style {
  /** 0 black, 1 red, 2 green, 3 yellow, 4 blue, 5 magenta, 6 cyan, 7 white, 8 grey; undefined: the text colour. */
  readonly colour: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export const PLAIN: Style = {
  colour: undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};

const ESC = '\u001b';
const BEL = '\u0007';

/** Where the escape sequence that starts at `at` ends, and its parameters when it is a style. */
function readEscape(text: string, at: number): { readonly end: number; readonly sgr: string | undefined } {
  const kind = text[at + 1];
  if (kind === '[') {
    let end = at + 2;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code >= 0x40 && code <= 0x7e) {
        const parameters = text.slice(at + 2, end);
        return { end: end + 1, sgr: text[end] === 'm' && /^[\d;:]*$/.test(parameters) ? parameters : undefined };
      }
      if (code < 0x20 || code > 0x3f) return { end, sgr: undefined };
      end++;
    }
    return { end, sgr: undefined };
  }
  if (kind === ']' || kind === 'P' || kind === '_' || kind === '^') {
    for (let end = at + 2; end < text.length; end++) {
      if (text[end] === BEL) return { end: end + 1, sgr: undefined };
      if (text[end] === ESC && text[end + 1] === '\\') return { end: end + 2, sgr: undefined };
    }
    return { end: text.length, sgr: undefined };
  }
  return { end: Math.min(text.length, at + (kind === '(' || kind === ')' ? 3 : 2)), sgr: undefined };
}

/** Spans of one line, beginning in `start`; and the style in which the next line begins. */
export function parseLine(text: string, start: Style = PLAIN): { readonly spans: Span[]; readonly end: Style } {
  const spans: Span[] = [];
  let style = start;
  let from = 0;
  let at = text.indexOf(ESC);
  const push = (to: number) => {
    const piece = printable(text.slice(from, to));
    if (piece !== '') spans.push({ text: piece, style });
  };
  while (at !== -1) {
    push(at);
    const { end, sgr } = readEscape(text, at);
    if (sgr !== undefined) style = applySgr(style, sgr);
    from = end;
    at = text.indexOf(ESC, end);
  }
  push(text.length);
  return { spans, end: style };
}

/** The line as people read it: what is searched, measured and copied. */
export function stripAnsi(text: string): string {
  if (!text.includes(ESC)) return printable(text);
  return parseLine(text)
    .spans.map((span) => span.text)
    .join('');
}

/** Tabs become spaces; other control characters and those that turn the writing direction vanish. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are exactly what is removed
  if (!/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text)) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are exactly what is removed
  return text.replaceAll('\t', '    ').replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}

function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)));
  let next = style;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes, i + 1);
      if (code === 38 && colour !== undefined) next = { ...next, colour };
      i += used;
    } else next = applyCode(next, code);
  }
  return next;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4) return { ...style, underline: true };
  if (code === 7) return { ...style, inverse: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 23) return { ...style, italic: false };
  if (code === 24) return { ...style, underline: false };
  if (code === 27) return { ...style, inverse: false };
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code === 39) return { ...style, colour: undefined };
  if (code === 90) return { ...style, colour: 8 };
  if (code > 90 && code <= 97) return { ...style, colour: code - 90 };
  return style;
}

/** `5;n` of 256 colours or `2;r;g;b`, as the nearest slot; and how many codes it took. */
function extendedColour(codes: readonly number[], at: number): { colour: number | undefined; used: number } {
  if (codes[at] === 5) return { colour: fromPalette(codes[at + 1] ?? 0), used: 2 };
  if (codes[at] === 2) return { colour: fromRgb(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), used: 4 };
  return { colour: undefined, used: 0 };
}

function fromPalette(index: number): number | undefined {
  if (index < 8) return index;
  if (index < 16) return index === 8 ? 8 : index - 8;
  if (index > 255) return undefined;
  if (index >= 232) return index < 240 ? 8 : 7;
  const cube = index - 16;
  return fromRgb(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51);
}

function fromRgb(r: number, g: number, b: number): number {
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  if (most - least < 40) return most < 60 ? 0 : most < 150 ? 8 : 7;
  const middle = least + (most - least) / 2;
  return (r > middle ? 1 : 0) + (g > middle ? 2 : 0) + (b > middle ? 4 : 0);
}
