import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLOSE_CODES, PROTOCOL_CONSTANTS } from './constants.ts';
import { masterSchemas, workerSchemas } from './schemas.ts';
import {
  initialSession,
  type SessionInput,
  type SessionPhase,
  type SessionRole,
  type SessionState,
  stepSession,
} from './session-machine.ts';
import { describeField } from './testing/describe-field.ts';
import { sampleHello, sampleMasterMessages, sampleWorkerMessages } from './testing/index.ts';
import { masterSchemas10, workerSchemas10 } from './testing/version-1-0/schemas.ts';
import { masterSchemas11, workerSchemas11 } from './testing/version-1-1/schemas.ts';

const page = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');

/** The body rows of the first table under a heading, cell by cell. */
function tableUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`PROTOCOL.md has no section "${heading}"`);
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** Marks what came after version 1.0; twice what came after 1.1. */
const NEWER = '⁺';
const plain = (cell: string) => cell.replaceAll('`', '').replaceAll(NEWER, '');

test('the table of constants says what the code says', () => {
  const expected = Object.entries(PROTOCOL_CONSTANTS).map(([name, { value, owner, meaning }]) => [
    name,
    String(value),
    owner,
    plain(meaning),
  ]);
  expect(tableUnder('Constants').map((row) => row.map(plain))).toEqual(expected);
});

test('the table of close codes says what the code says', () => {
  const expected = Object.entries(CLOSE_CODES).map(([reason, code]) => [reason, String(code)]);
  expect(tableUnder('Close codes').map((row) => row.slice(0, 2).map(plain))).toEqual(expected);
});

describe.each([
  ['Messages from the worker', workerSchemas, [workerSchemas10, workerSchemas11]],
  ['Messages from the master', masterSchemas, [masterSchemas10, masterSchemas11]],
] as const)('%s', (heading, schemas, older) => {
  test('every message is listed with exactly its fields', () => {
    const listed = tableUnder(heading).map(([type, , fields]) => [plain(type!), fieldNames(fields!)]);
    expect(Object.fromEntries(listed)).toEqual(fieldsOf(schemas));
  });

  test.each([0, 1])('what is marked as newer is what version 1.%i does not have', (minor) => {
    const marks = NEWER.repeat(minor);
    const listed = tableUnder(heading)
      .filter(([type]) => !type!.endsWith(marks + NEWER))
      .map(([type, , fields]) => [plain(type!), fieldNames(fields!, minor)]);
    expect(Object.fromEntries(listed)).toEqual(fieldsOf(older[minor]!));
  });
});

test('the table of fields says what the schemas let in', () => {
  const said = new Map<string, string>();
  for (const [names, value] of tableUnder('Fields'))
    for (const name of names!.split(', ')) said.set(plain(name), value!);
  const used = new Set<string>();
  for (const [type, { def }] of Object.entries({ ...workerSchemas, ...masterSchemas })) {
    for (const [field, schema] of Object.entries(def.shape)) {
      if (field === 'type') continue;
      const name = said.has(`${type}.${field}`) ? `${type}.${field}` : field;
      used.add(name);
      expect(`${name}: ${said.get(name)}`).toBe(`${name}: ${describeField(schema)}`);
    }
  }
  expect([...said.keys()].filter((name) => !used.has(name))).toEqual([]);
});

describe('the table of states says what the machine does', () => {
  const table = tableUnder('States of a session');
  const names = table.map(([state]) => plain(state!)) as SessionPhase[];

  test('with its states, in order', () => {
    expect(names).toEqual(['connecting', 'greeting', 'open', 'closing', 'closed']);
  });

  test.each(table.map(([state, , , leaves]) => [plain(state!) as SessionPhase, leaves!]))(
    '%s leaves to',
    (phase, leaves) => {
      const said = new Set(
        [...leaves.matchAll(/`(\w+)`/g)]
          .map((match) => match[1]!)
          .filter((name) => names.includes(name as SessionPhase)),
      );
      expect(said).toEqual(new Set(successorsOf(phase)));
    },
  );

  test.each([
    ['Messages from the worker', 'master', sampleWorkerMessages],
    ['Messages from the master', 'worker', sampleMasterMessages],
  ] as const)('and %s are bad out of their state, and only there', (heading, receiver, samples) => {
    for (const [type, state] of tableUnder(heading)) {
      const message = samples[plain(type!) as keyof typeof samples];
      for (const phase of ['greeting', 'open'] as const) {
        const { badMessages } = stepSession(inPhase(receiver, phase), { type: 'message', message }).state;
        expect([type, phase, badMessages > 0]).toEqual([type, phase, state !== phase]);
      }
    }
  });
});

test('every rule is named where it is held, and where it is tested', () => {
  const rules = tableUnder('Where the rules are held');
  expect(rules.map(([rule]) => rule)).toEqual(Array.from({ length: 11 }, (_, i) => `P${i + 1}`));
  for (const [rule, held, tested] of rules) {
    for (const [, path] of `${held} ${tested}`.matchAll(/`([^`]+)`/g)) {
      const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
      expect(`${path} ${new RegExp(`\\b${rule}\\b`).test(text)}`).toBe(`${path} true`);
    }
  }
});

/** Both roles, and whatever may come. */
function successorsOf(phase: SessionPhase): SessionPhase[] {
  const seen = new Set<SessionPhase>();
  for (const role of ['worker', 'master'] as const) {
    for (const input of everyInput()) seen.add(stepSession(inPhase(role, phase), input).state.phase);
  }
  seen.delete(phase);
  return [...seen];
}

function inPhase(role: SessionRole, phase: SessionPhase): SessionState {
  // The master has no hello yet when it waits for one; everywhere else both have.
  const waits = role === 'master' && (phase === 'greeting' || phase === 'connecting');
  return { ...initialSession(role), phase, hello: waits ? null : sampleHello };
}

function everyInput(): SessionInput[] {
  const messages = [...Object.values(sampleWorkerMessages), ...Object.values(sampleMasterMessages)];
  return [
    { type: 'opened', hello: sampleHello },
    ...messages.map((message) => ({ type: 'message', message }) as const),
    { type: 'bad', reason: 'x' },
    { type: 'frameTooLarge' },
    { type: 'flood' },
    ...(['greeting', 'liveness', 'heartbeat', 'closing'] as const).map((timer) => ({ type: 'timer', timer }) as const),
    { type: 'close', reason: 'normal', text: '' },
    { type: 'wireClosed', reason: 'abnormal', text: '' },
  ];
}

function fieldsOf(schemas: Readonly<Record<string, { readonly def: { readonly shape: object } }>>) {
  const fields = (shape: object) => Object.keys(shape).filter((field) => field !== 'type');
  return Object.fromEntries(Object.entries(schemas).map(([type, { def }]) => [type, fields(def.shape)]));
}

/** Names in back-ticks outside of brackets, with so many marks at most; inside brackets stand their values. */
function fieldNames(cell: string, marks = 2): string[] {
  const fields = cell.replaceAll(/\([^)]*\)/g, '');
  const names = fields.matchAll(new RegExp(`\`(\\w+)\`${NEWER}{0,${marks}}(?!${NEWER})`, 'g'));
  return [...names].map((match) => match[1]!);
}
