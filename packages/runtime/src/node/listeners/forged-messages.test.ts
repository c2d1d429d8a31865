/** What foreign code may write to the server: whatever it is, it is data. */
import { expect, test } from 'vitest';
import { event, host, PATIENT_MS, plugin, use } from '../../testing/foreign-plugins.ts';

test('huge lines and forged answers are data and nothing more', async () => {
  const listener = use(
    `import { writeSync } from 'node:fs';
    export default { name: 'liar', settings: { type: 'object' }, async onEvent(event) {
      console.log('y'.repeat(3_000_000));
      for (const forged of ['{', 'null', '[]', '{"type":"answer"}', '{"type":"answer","id":99,"error":null}', '{"type":"loaded"}', 'z'.repeat(1_000_000)]) {
        let left = Buffer.from(forged + '\\n');
        while (left.length > 0) { try { left = left.subarray(writeSync(3, left)); } catch { await new Promise((r) => setTimeout(r, 1)); } }
      }
      throw new Error('after all that');
    } };`,
  );
  expect(await listener.deliver(event(1), PATIENT_MS)).toMatchObject({ reason: 'Error: after all that' });
  for (const { text } of listener.log()) expect(text.length).toBeLessThanOrEqual(2_000);
});

/** Of what nothing that makes a text of it survives. */
const NO_TEXT = '{"toString":1,"valueOf":1}';
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const SHAPE = { plugin: 'object', fields: {} };
const FORGED: Readonly<Record<string, string>> = {
  'an end for a reason that is no text': `{"type":"fatal","reason":${NO_TEXT}}`,
  'an end for a reason without end': `{"type":"fatal","reason":${DEEP}}`,
  'an answer that is no text': `{"type":"answer","id":1,"error":${NO_TEXT}}`,
  'a problem that is no text': `{"type":"unusable","problem":${NO_TEXT}}`,
  'a shape that is none': JSON.stringify({ type: 'loaded', shape: { ...SHAPE, fields: { name: { kind: {} } } } }),
};

for (const [what, line] of Object.entries(FORGED)) {
  test(`${what}, forged, is data and nothing more`, async () => {
    const forge = `import { writeSync } from 'node:fs';
      const forge = () => { let left = Buffer.from(${JSON.stringify(`${line}\n`)});
        while (left.length > 0) { try { left = left.subarray(writeSync(3, left)); } catch {} } };`;
    const listener = use(`${forge} ${plugin('if (event.seq === 1) { forge(); process.exit(7); }')}`);
    expect(await listener.deliver(event(1), PATIENT_MS)).toMatchObject({ ok: false });
    expect(await listener.deliver(event(2), PATIENT_MS)).toEqual({ ok: true });
    await host.inspect(`${forge} forge(); export default { name: 'p', settings: { type: 'object' }, onEvent() {} };`);
  });
}

test('a forged description of a plugin is judged in bounded words', async () => {
  const field = (kind: string, text: string | null = null) => ({ kind, text });
  const said = (fields: object) => {
    const all = { title: field('undefined'), version: field('undefined'), open: field('undefined') };
    const rest = { name: field('string', 'p'), onEvent: field('function'), close: field('undefined') };
    const shape = {
      plugin: 'object',
      fields: { ...all, ...rest, settings: field('object', '{"type":"object"}'), ...fields },
    };
    const line = JSON.stringify(JSON.stringify({ type: 'loaded', shape }));
    return host.inspect(
      `import { writeSync } from 'node:fs'; writeSync(3, ${line} + '\\n'); await new Promise(() => {});`,
    );
  };
  const long = 'x'.repeat(5_000);
  expect(await said({ settings: field('object', 'no JSON') })).toMatchObject({ ok: false });
  const strange = { type: 'object', properties: { a: { type: JSON.parse(NO_TEXT) } } };
  expect(await said({ settings: field('object', JSON.stringify(strange)) })).toMatchObject({ ok: false });
  const required = { type: 'object', required: [JSON.parse(NO_TEXT)] };
  expect(await said({ settings: field('object', JSON.stringify(required)) })).toMatchObject({ ok: false });
  for (const fields of [{ title: field('string', long) }, { title: field(long) }, { name: field('string', long) }]) {
    expect(JSON.stringify(await said(fields)).length).toBeLessThan(1_000);
  }
});
