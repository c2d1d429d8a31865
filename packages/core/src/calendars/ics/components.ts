/** What a calendar file holds: events, names of zones, and things that are no events. */
import { badFile, type ContentLine } from './content-lines.ts';

export interface RawEvent {
  readonly line: number;
  /** Its own, without those of its alarms. */
  readonly properties: readonly ContentLine[];
}

export interface RawCalendar {
  readonly events: readonly RawEvent[];
  /** To-dos, journals and the like. */
  readonly others: readonly { readonly kind: string; readonly line: number }[];
  /** From the name of a zone in the file to one that is known, where the file says it. */
  readonly zones: ReadonlyMap<string, string>;
}

interface Open {
  readonly name: string;
  readonly line: number;
  readonly properties: ContentLine[];
}

const PART_OF_OTHERS = new Set(['VALARM', 'STANDARD', 'DAYLIGHT']);

/** @throws AppError `bad_request` with the number of the line where the file is torn. */
export function readComponents(lines: readonly ContentLine[]): RawCalendar {
  const first = lines[0];
  if (first === undefined || first.name !== 'BEGIN' || first.value.trim().toUpperCase() !== 'VCALENDAR') {
    throw badFile(first?.line ?? 1, 'A calendar file begins with BEGIN:VCALENDAR');
  }
  const events: RawEvent[] = [];
  const others: { kind: string; line: number }[] = [];
  const zones = new Map<string, string>();
  const open: Open[] = [];
  for (const line of lines) {
    if (line.name === 'BEGIN') open.push({ name: line.value.trim().toUpperCase(), line: line.line, properties: [] });
    else if (line.name === 'END') close(line);
    else if (open.length === 0) throw badFile(line.line, `${line.name} stands outside of the calendar`);
    else open.at(-1)!.properties.push(line);
  }
  const torn = open.at(-1);
  if (torn !== undefined) throw badFile(torn.line, `${torn.name} begins here and does not end: the file is cut off`);
  return { events, others, zones };

  function close({ value, line }: ContentLine): void {
    const ended = open.pop();
    const name = value.trim().toUpperCase();
    if (ended?.name !== name) {
      const expected = ended === undefined ? 'nothing is open' : `${ended.name} of line ${ended.line} is open`;
      throw badFile(line, `${name} ends here, but ${expected}`);
    }
    if (name === 'VEVENT') events.push({ line: ended.line, properties: ended.properties });
    else if (name === 'VTIMEZONE') {
      const textOf = (property: string) => ended.properties.find((one) => one.name === property)?.value;
      const [id, known] = [textOf('TZID'), textOf('X-LIC-LOCATION')];
      if (id !== undefined && known !== undefined) zones.set(id, known);
    } else if (open.length > 0 && !PART_OF_OTHERS.has(name)) others.push({ kind: name, line: ended.line });
  }
}
