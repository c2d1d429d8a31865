/** What foreign code may do to itself. Each plugin here runs in a real process; afterwards the server is as it was. */
import { expect, test } from 'vitest';
import { event, logged, PATIENT_MS, plugin, quick, SHORT_MS, use } from '../../testing/foreign-plugins.ts';

test('a plugin hears its events in order, with its settings, and its log is its own', async () => {
  const listener = use(
    `import { defineListener } from '@vaquita/plugins/listener';
    import { format } from 'node:util';
    export default defineListener({
      name: 'sample', settings: { type: 'object', properties: { greeting: { type: 'string' } } },
      open({ state }) { state.set('count', 0); },
      onEvent(event, { settings, state, instance, log }) {
        state.set('count', state.get('count') + 1);
        log('warn', format('%s %s %s %d', settings.greeting, instance.name, event.subject, state.get('count')));
        console.log('one\\ntwo'); console.error('three'); process.stderr.write('raw\\n');
      },
      close() { console.log('closed'); },
    });`,
    { greeting: 'hello' },
  );
  expect(await listener.deliver(event(1), PATIENT_MS)).toEqual({ ok: true });
  expect(await listener.deliver(event(2), PATIENT_MS)).toEqual({ ok: true });
  await listener.stop();
  await expect.poll(listener.text).toContain('closed');
  expect(listener.log().filter(({ level }) => level === 'warn')).toMatchObject([
    { text: 'hello journal workflow/orders 1' },
    { text: 'hello journal workflow/orders 2' },
  ]);
  expect(listener.log()).toContainEqual(expect.objectContaining({ level: 'info', text: 'two' }));
  expect(listener.log()).toContainEqual(expect.objectContaining({ level: 'error', text: 'three' }));
  expect(listener.log()).toContainEqual(expect.objectContaining({ level: 'error', text: 'raw' }));
  expect(await listener.deliver(event(3), PATIENT_MS)).toMatchObject({ failure: 'stopped' });
});

test('one that throws fails with its words and goes on in the same process', async () => {
  const listener = use(plugin('if (calls === 1) throw new TypeError("no such channel"); console.log("call", calls);'));
  const failed = await listener.deliver(event(1), PATIENT_MS);
  expect(failed).toEqual({ ok: false, failure: 'failed', reason: 'TypeError: no such channel' });
  expect(await listener.deliver(event(1), PATIENT_MS)).toEqual({ ok: true });
  await expect.poll(listener.text).toContain('call 2');
});

test('what is thrown need not be an error, nor readable', async () => {
  const listener = use(
    plugin('if (calls === 1) throw null; if (calls === 2) throw { toString() { throw 1 } }; throw "x".repeat(1e6)'),
  );
  expect(await listener.deliver(event(1), PATIENT_MS)).toMatchObject({ failure: 'failed', reason: 'null' });
  expect(await listener.deliver(event(1), PATIENT_MS)).toMatchObject({ reason: 'something that cannot be shown' });
  const long = await listener.deliver(event(1), PATIENT_MS);
  expect(JSON.stringify(long).length).toBeLessThan(2_000);
});

test('what would steer a terminal is shown, in the log and in the reason', async () => {
  const listener = use(plugin('console.log("a\\u001b[2Jb\\tc"); throw new Error("no\\u001b]0;way\\u0007\\u009b");'));
  expect(await listener.deliver(event(1), PATIENT_MS)).toMatchObject({ reason: 'Error: no\\x1b]0;way\\x07\\x9b' });
  await expect.poll(listener.text).toContain('a\\x1b[2Jb\tc');
});

const NEVER = {
  'loops for ever': 'if (event.seq === 1) for (;;);',
  'never settles': 'if (event.seq === 1) await new Promise(() => {});',
  'ignores the signal': 'if (event.seq === 1) await new Promise(() => setInterval(() => {}, 10));',
  'blocks in one call': 'if (event.seq === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
};

for (const [what, body] of Object.entries(NEVER)) {
  test(`one that ${what} is ended when its time is over, and the next try is a new one`, async () => {
    const listener = use(plugin(`${body} console.log('pid', process.pid, 'call', calls);`));
    expect(await listener.deliver(event(0), PATIENT_MS)).toEqual({ ok: true });
    const pid = Number(/pid (\d+)/.exec(await logged(listener, /pid \d+/))![1]);
    expect(await listener.deliver(event(1), SHORT_MS)).toMatchObject({ ok: false, failure: 'timeout' });
    expect(() => process.kill(pid, 0)).toThrow();
    expect(await listener.deliver(event(2), PATIENT_MS)).toEqual({ ok: true });
    expect(await logged(listener, /(call 1[\s\S]*){2}/)).toContain('had not answered');
  });
}

test('one that heeds the signal is told the time is over', async () => {
  const listener = use(
    plugin(
      'await new Promise((_, no) => context.signal.addEventListener("abort", () => { console.log("told"); no(1) }))',
    ),
  );
  expect(await listener.deliver(event(1), SHORT_MS)).toMatchObject({ ok: false, failure: 'timeout' });
  await expect.poll(listener.text).toMatch(/told|not answered/);
});

const LEAVES: Readonly<Record<string, [string, RegExp]>> = {
  'calls process.exit': ['process.exit(7)', /exit code 7/],
  'aborts its process': ['process.abort()', /SIGABRT/],
  'leaves a rejection unhandled': ['Promise.reject(new Error("lost")); await new Promise(() => {});', /Error: lost/],
  'throws from a timer': ['setTimeout(() => { throw new Error("late") }); await new Promise(() => {});', /Error: late/],
  'fills its heap': ['const all = []; for (;;) all.push({ all: [all.length] });', /memory|SIGABRT|SIGTRAP/],
  'fills memory beside the heap': [
    'const all = []; for (;;) { try { all.push(Buffer.alloc(8 << 20, 1)); } catch {} await 1; }',
    /more than 160 MiB/,
  ],
  'fills memory without ever waiting': [
    'const all = []; for (;;) { try { all.push(Buffer.alloc(8 << 20, 1)); } catch {} }',
    /more than 160 MiB|SIGABRT|SIGTRAP/,
  ],
};

for (const [what, [body, reason]] of Object.entries(LEAVES)) {
  test(`one that ${what} fails that delivery, and the next try is a new one`, async () => {
    const listener = use(plugin(`if (event.seq === 1) { ${body} }`));
    const failed = await listener.deliver(event(1), PATIENT_MS);
    expect(failed).toMatchObject({ ok: false, failure: 'ended', reason: expect.stringMatching(reason) });
    expect(await listener.deliver(event(2), PATIENT_MS)).toEqual({ ok: true });
  });
}

test('one that ends while nothing is asked of it is started again', async () => {
  const listener = use(plugin('if (event.seq === 1) setTimeout(() => process.exit(3), 1);'));
  expect(await listener.deliver(event(1), PATIENT_MS)).toEqual({ ok: true });
  await expect.poll(listener.text).toContain('exit code 3');
  expect(await listener.deliver(event(2), PATIENT_MS)).toEqual({ ok: true });
});

test('a flood of lines is bounded and does not hold up an answer', async () => {
  const listener = use(plugin('for (let n = 0; n < 20_000; n += 1) console.log("line", n, "x".repeat(50));'));
  expect(await listener.deliver(event(1), PATIENT_MS)).toEqual({ ok: true });
  await expect.poll(listener.text).toContain('line 19999 ');
  expect(listener.log().length).toBeLessThanOrEqual(500);
});

test('huge events arrive whole', async () => {
  const listener = use(plugin('console.log("size", event.data.text.length)'));
  expect(await listener.deliver(event(1, { text: 'é'.repeat(2_000_000) }), PATIENT_MS)).toEqual({ ok: true });
  await logged(listener, /size 2000000/);
});

test('one that cannot be opened is tried anew each time, and says why', async () => {
  const listener = use(plugin('', 'open() { throw new Error("no broker") },'));
  for (const seq of [1, 2]) {
    expect(await listener.deliver(event(seq), PATIENT_MS)).toEqual({
      ok: false,
      failure: 'failed',
      reason: 'open: Error: no broker',
    });
  }
});

test('to stop breaks off what goes on, and nothing is left', async () => {
  const listener = use(plugin('console.log("pid", process.pid); for (;;);'));
  const delivery = listener.deliver(event(1), PATIENT_MS);
  const pid = Number(/pid (\d+)/.exec(await logged(listener, /pid \d+/))![1]);
  await listener.stop();
  expect(await delivery).toMatchObject({ failure: 'stopped' });
  expect(() => process.kill(pid, 0)).toThrow();
});

test('one that loops for ever while it is loaded is ended', async () => {
  const listener = use('for (;;);', {}, quick);
  expect(await listener.deliver(event(1), PATIENT_MS)).toMatchObject({
    failure: 'timeout',
    reason: 'the plugin was not loaded within 2000 ms',
  });
  expect(await quick.inspect('for (;;);')).toMatchObject({ problem: expect.stringContaining('not loaded within') });
});
