/** The lines of a calendar file (RFC 5545, section 3.1): joined where they were folded, and taken apart. */
import { AppError } from '../../errors/app-error.ts';

export interface ContentLine {
  /** In the file, from 1. */
  readonly line: number;
  /** In upper case, as are the names of parameters. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly value: string;
}

const BYTE_ORDER_MARK = /^\uFEFF/;
const PARAM = /;([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)((?:,(?:"[^"]*"|[^";:,]*))*)/y;

/** @throws AppError `bad_request` with the number of the line that is none. */
export function contentLines(text: string): readonly ContentLine[] {
  const lines: ContentLine[] = [];
  for (const { line, text: whole } of unfolded(text)) if (whole.trim() !== '') lines.push(parseLine(line, whole));
  return lines;
}

export function badFile(line: number, message: string): AppError {
  const problems = [{ path: 'ics', message: `Line ${line}: ${message}` }];
  return new AppError('bad_request', `The calendar file cannot be read. Line ${line}: ${message}.`, { problems });
}

/** A line that begins with a blank goes on where the one before ended. */
function unfolded(text: string): readonly { readonly line: number; readonly text: string }[] {
  const joined: { line: number; text: string }[] = [];
  for (const [index, part] of text
    .replace(BYTE_ORDER_MARK, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = joined.at(-1);
    if (last !== undefined && (part.startsWith(' ') || part.startsWith('\t'))) last.text += part.slice(1);
    else joined.push({ line: index + 1, text: part });
  }
  return joined;
}

function parseLine(line: number, text: string): ContentLine {
  const name = /^[A-Za-z0-9-]+/.exec(text)?.[0];
  if (name === undefined) throw badFile(line, `"${text.slice(0, 40)}" is not a line of a calendar: it has no name`);
  const params: Record<string, string> = {};
  let at = name.length;
  PARAM.lastIndex = at;
  for (let found = PARAM.exec(text); found !== null; found = PARAM.exec(text)) {
    params[found[1]!.toUpperCase()] = found[2]!.replaceAll('"', '');
    at = PARAM.lastIndex;
  }
  if (text[at] !== ':') throw badFile(line, `After ${name} a colon and a value are missing`);
  return { line, name: name.toUpperCase(), params, value: text.slice(at + 1) };
}

/** A text as it was before it was written into the file. */
export function unescaped(value: string): string {
  return value.replaceAll(/\\([nN,;\\])/g, (_, char: string) => (char === 'n' || char === 'N' ? '\n' : char));
}
