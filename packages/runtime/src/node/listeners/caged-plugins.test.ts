/** What foreign code may reach. Each plugin here runs in a real process; afterwards the server is as it was. */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { event, folder, logged, PATIENT_MS, plugin, scratch, use } from '../../testing/foreign-plugins.ts';

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
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  const files = links.filter((link) => link.startsWith('/') && !/^\/dev\/(null|u?random)$/.test(link));
  expect(files).toEqual([]);
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
