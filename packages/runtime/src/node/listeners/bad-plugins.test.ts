/** What foreign code may try. Each plugin here runs in a real process; afterwards the server is as it was. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListenerEvent, ListenerInstanceId, ListenerUse, RunningListener } from '@vaquita/core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { systemClock } from '../system.ts';
import { MIB } from './limits.ts';
import { createListenerHost } from './listener-host.ts';

/** Long enough for every machine: what does answer is waited for. */
const PATIENT_MS = 60_000;
/** For what never answers: it only says when the test goes on. */
const SHORT_MS = 50;

const NONE_BUILT_IN = { names: [], module: '', exported: '', options: null };
const scratch = mkdtempSync(join(tmpdir(), 'vaquita-listeners-'));
const folder = join(scratch, 'empty');
const host = createListenerHost({
  clock: systemClock,
  folder,
  builtin: NONE_BUILT_IN,
  limits: { startMs: PATIENT_MS, graceMs: SHORT_MS, memoryBytes: 160 * MIB },
});
const quick = createListenerHost({
  clock: systemClock,
  folder,
  builtin: NONE_BUILT_IN,
  limits: { startMs: 2_000, graceMs: SHORT_MS, memoryBytes: 160 * MIB },
});

const running: RunningListener[] = [];
afterEach(() => Promise.all(running.splice(0).map((listener) => listener.stop())));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let instances = 0;
function use(code: string, settings: ListenerUse['settings'] = {}, by = host) {
  instances += 1;
  const id = `instance-${instances}` as ListenerInstanceId;
  const listener = by.use({
    instance: { id, name: 'journal' },
    plugin: { kind: 'foreign', name: 'p', code },
    settings,
  });
  running.push(listener);
  return {
    ...listener,
    log: () => by.log(id),
    text: () =>
      by
        .log(id)
        .map((line) => line.text)
        .join('\n'),
  };
}

function event(seq: number, data: ListenerEvent['data'] = {}): ListenerEvent {
  return {
    id: `event-${seq}`,
    seq,
    type: 'workflow.failed',
    version: 1,
    time: 0,
    project: null,
    subject: 'workflow/orders',
    data,
  };
}

/** A plugin whose events go to `body`, which is told how often it was called in this process. */
function plugin(body: string, rest = ''): string {
  return `let calls = 0;
export default {
  name: 'sample', settings: { type: 'object' }, ${rest}
  async onEvent(event, context) { calls += 1; ${body} },
};`;
}

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

test('a plugin finds nothing of the server and reaches nothing beside it', async () => {
  const secret = join(scratch, 'secret.txt');
  writeFileSync(secret, 'SECRET');
  const base = join(scratch, 'vaquita.db');
  writeFileSync(base, 'PRECIOUS');
  process.env.VAQUITA_TEST_SECRET = 'SECRET';
  const listener = use(
    `import net from 'node:net';
    const connected = (open) => new Promise((resolve, reject) => {
      const opened = open(net);
      for (const name of ['connect', 'response', 'listening']) opened.on(name, resolve);
      opened.on('error', reject);
    });
    const tries = {
      environment: () => JSON.stringify(process.env),
      ownEnvironment: async () => (await import('node:fs')).readFileSync('/proc/self/environ', 'utf8'),
      serverEnvironment: async () => (await import('node:fs')).readFileSync('/proc/${process.pid}/environ', 'utf8'),
      loadEnv: () => process.loadEnvFile('/proc/${process.pid}/environ'),
      file: async () => (await import('node:fs/promises')).readFile(${JSON.stringify(secret)}, 'utf8'),
      importedFile: () => import(${JSON.stringify(`file://${secret}`)}),
      required: async () => (await import('node:module')).createRequire('/')(${JSON.stringify(secret)}),
      write: async () => (await import('node:fs')).writeFileSync('left', 'x'),
      database: async () => new (await import('node:sqlite')).DatabaseSync(${JSON.stringify(base)}),
      builtin: () => process.getBuiltinModule('node:sqlite').DatabaseSync,
      child: async () => (await import('node:child_process')).execSync('id').toString(),
      thread: async () => new (await import('node:worker_threads')).Worker('1', { eval: true }),
      become: () => process.execve('/bin/sh', ['sh', '-c', 'id'], {}),
      addon: () => process.dlopen({ exports: {} }, '/x.node'),
      binding: () => process.binding('process_wrap'),
      inspector: async () => new (await import('node:inspector')).Session().connect(),
      kill: () => process.kill(${process.pid}, 0),
      killImported: async () => (await import('node:process')).kill(${process.pid}, 0),
      killRaw: () => process._kill(${process.pid}, 0),
      debug: () => process._debugProcess(${process.pid}),
      priority: async () => (await import('node:os')).setPriority(${process.pid}, 5),
      socketFile: () => connected((net) => net.connect('/var/run/docker.sock')),
      socketFileAsOption: async () => { const http = await import('node:http'); return connected(() => http.get({ socketPath: '/var/run/docker.sock' })); },
      socketFileByHandle: async () => {
        const { createHook } = await import('node:async_hooks');
        let Wrap;
        createHook({ init(id, type, trigger, resource) { if (type === 'TCPCONNECTWRAP') Wrap = resource.constructor; } }).enable();
        await connected((net) => net.connect(1, '127.0.0.1')).catch(() => {});
        const status = new process.stdout._handle.constructor(0).connect(new Wrap(), '/var/run/docker.sock');
        if (status !== 0) throw Object.assign(new Error(), { code: status });
      },
      listen: () => connected((net) => net.createServer().listen(${JSON.stringify(join(scratch, 'made.sock'))})),
      report: () => process.report.writeReport('left.json'),
      reportLater: () => { process.report.reportOnFatalError = true; process.report.filename = ${JSON.stringify(base)}; },
      reportImported: async () => (await import('node:process')).report.getReport(),
      flags: async () => (await import('node:v8')).setFlagsFromString('--logfile=${base}'),
      flagsBuiltin: () => process.getBuiltinModule('node:v8').setFlagsFromString('--log-all'),
      inspectorOpen: async () => (await import('node:inspector')).open(0),
      wasi: async () => new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } }),
      putBack: () => { delete process.kill; Object.defineProperty(process, 'kill', { value: 1 }); },
      snapshot: async () => (await import('node:v8')).writeHeapSnapshot('left.heapsnapshot'),
    };
    const found = {};
    for (const [name, run] of Object.entries(tries)) {
      try { found[name] = 'GOT ' + String(await run()).slice(0, 80); } catch (error) { found[name] = error.code ?? error.name; }
    }
    export default { name: 'thief', settings: { type: 'object' }, onEvent() { console.log(JSON.stringify(found)); } };`,
  );
  expect(await listener.deliver(event(1), PATIENT_MS)).toEqual({ ok: true });
  const found = JSON.parse(await logged(listener, /^\{.*\}$/m));
  delete process.env.VAQUITA_TEST_SECRET;
  expect(JSON.stringify(found)).not.toContain('SECRET');
  const got = Object.entries(found).filter(([, answer]) => String(answer).startsWith('GOT'));
  expect(Object.fromEntries(got)).toEqual({ environment: 'GOT {}' });
  expect(readdirSync(folder)).toEqual([]);
  expect(readFileSync(base, 'utf8')).toBe('PRECIOUS');
  expect(readdirSync(scratch).sort()).toEqual(['empty', 'secret.txt', 'vaquita.db']);
  for (const way of ['socketFile', 'socketFileAsOption', 'listen']) expect(found[way]).toBe('EACCES');
  expect(found.socketFileByHandle).toBe(-13);
});

test('no open descriptor of the server is there', async () => {
  const listener = use(plugin('console.log("pid", process.pid)'));
  const held = readdirSync('/proc/self/fd');
  expect(held.length).toBeGreaterThan(0);
  await listener.deliver(event(1), PATIENT_MS);
  const pid = /pid (\d+)/.exec(await logged(listener, /pid \d+/))![1];
  const { readlinkSync } = await import('node:fs');
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  const files = links.filter((link) => link.startsWith('/') && !/^\/dev\/(null|u?random)$/.test(link));
  expect(files).toEqual([]);
});

test('a flood of lines is bounded and does not hold up an answer', async () => {
  const listener = use(plugin('for (let n = 0; n < 20_000; n += 1) console.log("line", n, "x".repeat(50));'));
  expect(await listener.deliver(event(1), PATIENT_MS)).toEqual({ ok: true });
  await expect.poll(listener.text).toContain('line 19999 ');
  expect(listener.log().length).toBeLessThanOrEqual(500);
});

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

test('huge events arrive whole', async () => {
  const listener = use(plugin('console.log("size", event.data.text.length)'));
  expect(await listener.deliver(event(1, { text: 'é'.repeat(2_000_000) }), PATIENT_MS)).toEqual({ ok: true });
  await logged(listener, /size 2000000/);
});

test('it may speak to the network', async () => {
  const server = createServer((socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const listener = use(plugin(`console.log('answer', await (await fetch('http://127.0.0.1:${port}/')).text())`));
  expect(await listener.deliver(event(1), PATIENT_MS)).toEqual({ ok: true });
  await logged(listener, /answer hi/);
  server.close();
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

async function logged(listener: { text(): string }, what: RegExp): Promise<string> {
  await expect.poll(listener.text).toMatch(what);
  return listener.text();
}
