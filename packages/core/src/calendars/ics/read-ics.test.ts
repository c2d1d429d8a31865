import { expect, test } from 'vitest';
import type { AppError } from '../../errors/app-error.ts';
import { createSeededRandom } from '../../testing/seeded-random.ts';
import { checkCalendarEntries } from '../check-calendar.ts';
import { type IcsReading, readIcs } from './read-ics.ts';

const FROM = Date.UTC(2026, 10, 22);

const file = (...lines: readonly string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]) => file('BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT');

function read(text: string, timezone = 'Europe/Berlin'): IcsReading {
  const reading = readIcs(text, { timezone, from: FROM });
  expect(checkCalendarEntries(reading.entries)).toEqual([]);
  return reading;
}
const spans = ({ entries }: IcsReading) =>
  entries.map(({ from, to, yearly }) => `${from} ${to}${yearly ? ' yearly' : ''}`);
const reasons = ({ notTaken }: IcsReading) => notTaken.map(({ reason }) => reason);

test('whole days: the day of the end is not in an event, and is in an entry', () => {
  const reading = read(event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Christmas'));
  expect(reading).toEqual({
    entries: [{ title: 'Christmas', from: '2026-12-24', to: '2026-12-26', yearly: false }],
    notTaken: [],
  });
  expect(spans(read(event('DTSTART;VALUE=DATE:20261224')))).toEqual(['2026-12-24 2026-12-24']);
  expect(spans(read(event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261224')))).toEqual([
    '2026-12-24 2026-12-24',
  ]);
});

test('titles are unfolded and unescaped, with quoted parameters before them', () => {
  const title = 'SUMMARY;LANGUAGE="de:x;y";ALTREP=z:Tag der\\, sagen wir\\;';
  const { entries } = read(event('DTSTART;VALUE=DATE:20261224', `${title}\r\n  Arbeit\\nund mehr`));
  expect(entries[0]!.title).toBe('Tag der, sagen wir; Arbeit und mehr');
});

test.each([
  ['DTSTART:20261224T180000Z', 'DTEND:20261224T200000Z', '2026-12-24T19:00 2026-12-24T21:00'],
  ['DTSTART:20261224T180000', 'DTEND:20261224T200000', '2026-12-24T18:00 2026-12-24T20:00'],
  ['DTSTART;TZID=America/New_York:20261224T180000', 'DURATION:PT90M', '2026-12-25T00:00 2026-12-25T01:30'],
  [
    'DTSTART;TZID=/mozilla.org/20070129_1/Europe/London:20261224T180000',
    'DURATION:P1DT1H',
    '2026-12-24T19:00 2026-12-25T20:00',
  ],
  ['DTSTART:20261224T180030Z', 'DTEND:20261224T180031Z', '2026-12-24T19:00 2026-12-24T19:01'],
])('times are written as clocks here show them: %s', (start, end, span) => {
  expect(spans(read(event(start, end)))).toEqual([span]);
});

test('a zone that the file itself explains by a known name is understood', () => {
  const zone = [
    'BEGIN:VTIMEZONE',
    'TZID:Home',
    'X-LIC-LOCATION:Asia/Tokyo',
    'BEGIN:STANDARD',
    'END:STANDARD',
    'END:VTIMEZONE',
  ];
  const lines = ['BEGIN:VEVENT', 'DTSTART;TZID=Home:20261224T090000', 'DURATION:PT1H', 'END:VEVENT'];
  expect(spans(read(file(...zone, ...lines)))).toEqual(['2026-12-24T01:00 2026-12-24T02:00']);
});

test('a recurring time keeps the clock of its own zone where clocks are moved', () => {
  const lines = ['DTSTART;TZID=America/New_York:20270308T090000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=4'];
  expect(spans(read(event(...lines)))).toEqual([
    '2027-03-08T15:00 2027-03-08T16:00',
    // New York has moved its clocks, Berlin not yet.
    '2027-03-15T14:00 2027-03-15T15:00',
    '2027-03-22T14:00 2027-03-22T15:00',
    '2027-03-29T15:00 2027-03-29T16:00',
  ]);
});

test('what comes back each year on its date is one yearly entry', () => {
  const yearly = (rule: string, start = '19450508') => read(event(`DTSTART;VALUE=DATE:${start}`, `RRULE:${rule}`));
  expect(spans(yearly('FREQ=YEARLY'))).toEqual(['1973-05-08 1973-05-08 yearly']);
  expect(spans(yearly('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '19440229'))).toEqual(['1972-02-29 1972-02-29 yearly']);
  expect(spans(yearly('FREQ=YEARLY', '20270106'))).toEqual(['2027-01-06 2027-01-06 yearly']);
  expect(yearly('FREQ=YEARLY').notTaken).toEqual([]);
});

test('what recurs otherwise is written out for five years, and that is said', () => {
  const reading = read(
    event('DTSTART;VALUE=DATE:20000101', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', 'SUMMARY:Thanksgiving'),
  );
  expect(spans(reading).map((span) => span.slice(0, 10))).toEqual([
    ...['2026-11-26', '2027-11-25', '2028-11-23', '2029-11-22', '2030-11-28'],
  ]);
  expect(reasons(reading)).toEqual(['It recurs further: it is written down until 2031-11-22']);
});

test('exceptions, additions and moved occurrences are followed', () => {
  const weekly = ['BEGIN:VEVENT', 'UID:w', 'DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=WEEKLY;COUNT=4'];
  const reading = read(
    file(
      ...[...weekly, 'EXDATE;VALUE=DATE:20261208', 'RDATE;VALUE=DATE:20261210', 'SUMMARY:Weekly', 'END:VEVENT'],
      ...['BEGIN:VEVENT', 'UID:w', 'RECURRENCE-ID;VALUE=DATE:20261215', 'DTSTART;VALUE=DATE:20261217', 'END:VEVENT'],
      ...['BEGIN:VEVENT', 'UID:w', 'RECURRENCE-ID;VALUE=DATE:20261222', 'DTSTART;VALUE=DATE:20261222'],
      ...['STATUS:CANCELLED', 'END:VEVENT'],
    ),
  );
  expect(spans(reading).map((span) => span.slice(0, 10))).toEqual(['2026-12-01', '2026-12-10', '2026-12-17']);
  expect(reasons(reading)).toEqual(['It is cancelled']);
});

test('an exception in UTC is found among times of a zone', () => {
  const lines = [
    'DTSTART;TZID=Europe/Berlin:20261201T090000',
    'DURATION:PT1H',
    'RRULE:FREQ=DAILY;COUNT=2',
    'EXDATE:20261202T080000Z',
  ];
  expect(spans(read(event(...lines)))).toEqual(['2026-12-01T09:00 2026-12-01T10:00']);
});

test('what is left out is told with its line and the reason', () => {
  const one = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];
  const { entries, notTaken } = read(
    file(
      ...one('SUMMARY:No start'),
      ...one('DTSTART:20261224T180000Z', 'SUMMARY:A moment'),
      ...one('DTSTART:20261324', 'SUMMARY:No such day'),
      ...one('DTSTART;VALUE=DATE:20260101', 'SUMMARY:Long over'),
      ...one('DTSTART;TZID=W. Europe Standard Time:20261224T180000', 'DURATION:PT1H', 'SUMMARY:Windows'),
      ...one('DTSTART;VALUE=DATE:20261224', 'RRULE:FREQ=HOURLY', 'SUMMARY:By the hour'),
      ...['BEGIN:VTODO', 'SUMMARY:x', 'END:VTODO'],
    ),
  );
  expect(entries).toEqual([]);
  expect(notTaken.map(({ title, line, reason }) => `${line} ${title}: ${reason}`)).toEqual([
    '3 No start: It has no start (DTSTART)',
    '6 A moment: It has no length: it is a moment',
    '10 No such day: There is no day 20261324',
    '14 Long over: It is over before 2026-11-22',
    '18 Windows: Its time zone "W. Europe Standard Time" is not known here: IANA names such as Europe/Berlin are',
    '23 By the hour: It recurs HOURLY: DAILY, WEEKLY, MONTHLY and YEARLY are understood here',
    '28 VTODO: It is not an event',
  ]);
});

test.each([
  ['', 'Line 1: A calendar file begins with BEGIN:VCALENDAR'],
  ['<html>', 'Line 1: "<html>" is not a line of a calendar'],
  ['BEGIN:VCARD\nEND:VCARD', 'Line 1: A calendar file begins with BEGIN:VCALENDAR'],
  ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224', 'Line 2: VEVENT begins here and does not end'],
  ['BEGIN:VCALENDAR\nEND:VEVENT', 'Line 2: VEVENT ends here, but VCALENDAR of line 1 is open'],
  ['BEGIN:VCALENDAR\nSUMMARY', 'Line 2: After SUMMARY a colon and a value are missing'],
  ['BEGIN:VCALENDAR\nEND:VCALENDAR\nX:1', 'Line 3: X stands outside of the calendar'],
])('%j is no calendar file', (text, message) => {
  expect(() => readIcs(text, { timezone: 'UTC', from: FROM })).toThrow(message);
});

test('more entries than a calendar may have are refused with the number', () => {
  const daily = Array.from({ length: 4 }, (_, i) => [
    ...['BEGIN:VEVENT', `UID:${i}`, `SUMMARY:${i}`, 'DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=DAILY', 'END:VEVENT'],
  ]);
  const wrong = () => readIcs(file(...daily.flat()), { timezone: 'UTC', from: FROM });
  expect(wrong).toThrow(expect.objectContaining({ code: 'bad_request' } satisfies Partial<AppError>));
  expect(wrong).toThrow('more than 5000 days');
});

test('what lies outside of the years of entries is cut off or told', () => {
  expect(spans(read(event('DTSTART;VALUE=DATE:19500101', 'DTEND;VALUE=DATE:20300101')))).toEqual([
    '1970-01-01 2029-12-31',
  ]);
  for (const end of ['DURATION:P99999999999W', 'DTEND;VALUE=DATE:99990101']) {
    expect(reasons(read(event('DTSTART;VALUE=DATE:20260101', end)))).toEqual(['It ends after 2199']);
  }
});

test('whatever is done to a file, it is read or refused', () => {
  const whole = event(
    ...['DTSTART;TZID=Europe/Berlin:20261201T090000', 'DTEND;TZID=Europe/Berlin:20261201T100000', 'SUMMARY:A\\, b'],
    ...['RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=9', 'EXDATE:20261225T080000Z', 'RECURRENCE-ID:20261201T080000Z'],
  );
  const random = createSeededRandom(11);
  const below = (limit: number) => random.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0) % limit;
  let readable = 0;
  for (let round = 0; round < 3_000; round++) {
    let text = whole;
    for (let changes = below(3); changes >= 0; changes--) {
      const at = below(text.length);
      const piece = ['', '9', ':', ';', '=', '-', '\r\n', 'Z', '"', ','][below(10)]!;
      text = text.slice(0, at) + piece + text.slice(at + below(3));
    }
    try {
      const { entries } = readIcs(text, { timezone: 'Europe/Berlin', from: FROM });
      expect(checkCalendarEntries(entries)).toEqual([]);
      readable += 1;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'bad_request' });
    }
  }
  expect(readable).toBeGreaterThan(500);
});

test('a file whose rules never fit is read in bounded work, and that is said', () => {
  const rule = 'RRULE:FREQ=DAILY;COUNT=900000;BYMONTH=2;BYMONTHDAY=30';
  const never = Array.from({ length: 40 }, (_, i) => [
    ...['BEGIN:VEVENT', `UID:${i}`, 'DTSTART;VALUE=DATE:19000101', rule, 'END:VEVENT'],
  ]);
  const reading = read(file(...never.flat()));
  expect(reading.entries).toEqual([]);
  expect(new Set(reasons(reading))).toEqual(
    new Set([
      'It does not take place from 2026-11-22 on',
      'It was cut short: working out all that recurs in the file takes too long',
    ]),
  );
});

test('the name of a zone that is far too long is searched no further', () => {
  const name = 'a'.repeat(500_000);
  const [reason] = reasons(read(event(`DTSTART;TZID=${name}:20261224T180000`)));
  expect(reason).toBe(`Its time zone "${name.slice(0, 200)}" is not known here: IANA names such as Europe/Berlin are`);
});
