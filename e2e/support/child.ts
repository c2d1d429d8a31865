/** A real child process with its output kept: what the servers, agents and commands of these tests are. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface ChildOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Default: the Node that runs the tests. */
  readonly command?: string;
  /** The child leads a process group of its own, and signals go to the whole group: for commands that start others. */
  readonly ownGroup?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  /** How it ended, with all that it printed having been read. */
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  stdout(): string;
  stderr(): string;
  /** Both streams in the order in which they came. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Signals and waits for the end; with SIGKILL after the grace. Harmless when it has ended. */
  end(signal: NodeJS.Signals, graceMs?: number): Promise<Exit>;
}

/** The environment of the tests without settings of Vaquita, so that a developer's own do not leak in. */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isOurs = name.startsWith('VAQUITA_') || name.startsWith('VITEST') || name === 'NODE_ENV';
    if (value !== undefined && !isOurs) env[name] = value;
  }
  return { ...env, ...extra };
}

export function startChild({ command = process.execPath, args, env, cwd, ownGroup = false }: ChildOptions): Child {
  const child: ChildProcess = spawn(command, [...args], {
    env,
    cwd,
    detached: ownGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid;
  const texts = { stdout: '', stderr: '', output: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      texts.output += text;
    });
  }
  let running = true;
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', (error) => {
      running = false;
      reject(error);
    });
    // `close` and not `exit`: then all output has been read. A grandchild that keeps the pipe open delays it, so the
    // wait for the streams ends a moment after the process has.
    const settle = () => resolve({ code: child.exitCode, signal: child.signalCode });
    child.once('close', settle);
    child.once('exit', () => {
      running = false;
      setTimeout(settle, 500).unref();
    });
  });
  exited.catch(() => undefined);
  if (pid === undefined) throw new Error(`${command} could not be started in ${cwd ?? process.cwd()}`);

  function signal(name: NodeJS.Signals): void {
    if (!running) return;
    try {
      process.kill(ownGroup ? -pid! : pid!, name);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
    }
  }

  return {
    pid,
    exited,
    isRunning: () => running,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    output: () => texts.output,
    signal,
    async end(name, graceMs = 20_000) {
      signal(name);
      const timer = setTimeout(() => signal('SIGKILL'), graceMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
