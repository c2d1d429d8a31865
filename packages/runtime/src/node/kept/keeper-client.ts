/** The agent's side of the keeper: starts one when it is first needed, gives it orders, and hears from it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createMessageReader, encodeMessage, type KeeperHint, type KeeperOrder } from './keeper-orders.ts';

export interface KeeperProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Who waits for an attempt. */
export interface KeeperListener {
  /** There is something new in its folder. */
  look(): void;
  /** It was not begun, and never will be. */
  notBegun(problem: { readonly code: string; readonly message: string }): void;
  /** The keeper has ended; nothing more is written into the folder. */
  gone(): void;
}

export interface KeeperClient {
  /** The listener hears of the attempt until `forget`. */
  start(order: KeeperOrder, listener: KeeperListener): void;
  forget(id: string): void;
  /** Resolves when the keeper has answered, at once when there is none. Rejects when it ends before. */
  ping(): Promise<void>;
  /** No more orders. The keeper ends when what it has started has ended. */
  close(): void;
}

export interface KeeperClientOptions {
  readonly program: KeeperProgram;
  readonly log: { error(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

export function createKeeperClient({ program, log }: KeeperClientOptions): KeeperClient {
  /** By the keeper that it was ordered from: another one is started when the first has ended. */
  const listeners = new Map<string, { readonly keeper: ChildProcess; readonly listener: KeeperListener }>();
  let current: ChildProcess | null = null;
  let closed = false;
  let pings = 0;

  function startKeeper(): ChildProcess {
    const keeper = spawn(program.command, program.args, {
      cwd: '/',
      env: program.env,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    const read = createMessageReader<KeeperHint>(({ id, problem }) => {
      const listener = listeners.get(id)?.listener;
      if (problem === undefined) listener?.look();
      else listener?.notBegun(problem);
    });
    keeper.stdout!.setEncoding('utf8').on('data', read);
    // Orders that it can take no more are those of `gone`.
    keeper.stdin!.on('error', () => {});
    keeper.once('error', (error) => ended(keeper, { error }));
    keeper.once('exit', (exitCode, signal) => ended(keeper, { exitCode, signal }));
    keeper.unref();
    return keeper;
  }

  function ended(keeper: ChildProcess, how: Readonly<Record<string, unknown>>): void {
    if (current === keeper) current = null;
    const waiting = [...listeners].filter(([, one]) => one.keeper === keeper);
    if (!closed || waiting.length > 0)
      log.error('The keeper of the tasks has ended.', { tasks: waiting.length, ...how });
    for (const [id, { listener }] of waiting) {
      listeners.delete(id);
      listener.gone();
    }
  }

  return {
    start(order, listener) {
      if (closed) throw new Error('the keeper takes no more orders');
      current ??= startKeeper();
      listeners.set(order.id, { keeper: current, listener });
      current.stdin!.write(encodeMessage(order));
    },
    forget(id) {
      listeners.delete(id);
    },
    ping() {
      const keeper = current;
      if (keeper === null || closed) return Promise.resolve();
      pings += 1;
      const id = `ping ${pings}`;
      return new Promise((resolve, reject) => {
        const look = () => {
          listeners.delete(id);
          resolve();
        };
        const gone = () => reject(new Error('what watches over the tasks of this worker has ended'));
        listeners.set(id, { keeper, listener: { look, notBegun: gone, gone } });
        keeper.stdin!.write(encodeMessage({ ping: id }));
      });
    },
    close() {
      closed = true;
      current?.stdin?.end();
    },
  };
}
