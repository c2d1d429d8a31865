/** Servers of Debian in processes of their own, on free loopback ports, with a data folder that goes with them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when the process is gone. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
}

export interface ServerOrder {
  readonly binary: string;
  readonly args: (place: { readonly port: number; readonly folder: string }) => readonly string[];
  /** What it prints once it takes connections. */
  readonly ready: RegExp;
}

const READY_WITHIN_TRIES = 600;
const TRY_EVERY_MS = 50;
const PORTS_TRIED = 20;
const PORT_TAKEN = /address already in use/i;

/** The first of the usual places that has it; undefined: it is not installed. */
export function findProgram(name: string): string | undefined {
  return ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

export async function startServerProcess({ binary, args, ready }: ServerOrder): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'vaquita-broker-'));
  let port = await freePort();
  let child: ChildProcess;

  /** False: somebody else listens on the port, which was free a moment ago. */
  async function launch(): Promise<boolean> {
    let output = '';
    let ended = false;
    child = spawn(binary, [...args({ port, folder })], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.once('close', () => {
      ended = true;
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (piece: Buffer) => {
        output = (output + piece).slice(-10_000);
      });
    }
    for (let tries = 0; !ready.test(output); tries += 1) {
      if (ended && PORT_TAKEN.test(output)) return false;
      if (ended || tries > READY_WITHIN_TRIES) throw new Error(`${binary} does not start: ${output}`);
      await pause(TRY_EVERY_MS);
    }
    return true;
  }

  async function startOn(choosePort: () => number | Promise<number>): Promise<void> {
    for (let tries = 0; tries < PORTS_TRIED; tries += 1) {
      if (await launch()) return;
      port = await choosePort();
    }
    throw new Error(`${binary} finds no free port`);
  }

  async function kill9(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  await startOn(freePort);
  return {
    port,
    folder,
    signal: (signal) => child.kill(signal),
    kill9,
    start: () => startOn(() => port),
    async [Symbol.asyncDispose]() {
      await kill9();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
