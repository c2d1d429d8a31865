/**
 * Whether this worker takes tasks, how many at once, and what else a server may change while it runs. What a server has
 * asked for holds for one session: servers keep what is decided, and say it again at the next welcome if it still holds.
 */
import type { LogLevel, MasterConfigure, WorkerDrainStatus } from '@vaquita/protocol';
import type { AgentLog } from './host.ts';

export interface Standing {
  /** Why it takes nothing new; null when it does. */
  readonly drains: string | null;
  readonly slots: number;
  /** It stops: no server changes that. */
  readonly stopping: boolean;
  drain(reason: string): void;
  resume(): void;
  configure(order: Omit<MasterConfigure, 'type'>): void;
  /** A new session has begun: as it was started. */
  joined(): void;
  stop(): void;
  /** For `drainStatus`. */
  read(): Pick<WorkerDrainStatus, 'draining' | 'slots' | 'labels' | 'logLevel'>;
}

export interface StandingOptions {
  readonly slots: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly log: AgentLog;
  /** Null is the level that it was started with. Absent where the log is not the agent's own. */
  readonly setLogLevel?: ((level: LogLevel | null) => void) | undefined;
}

export function createStanding(options: StandingOptions): Standing {
  const { log, setLogLevel } = options;
  let asked: string | null = null;
  let stopping = false;
  let slots = options.slots;
  let labels = options.labels;
  let logLevel: LogLevel | null = null;

  function changeLogLevel(level: LogLevel | null): void {
    if (setLogLevel === undefined || level === logLevel) return;
    logLevel = level;
    setLogLevel(level);
  }

  return {
    get drains() {
      if (stopping) return 'this worker is stopping';
      return asked === null ? null : `this worker takes nothing new: ${asked}`;
    },
    get slots() {
      return slots;
    },
    get stopping() {
      return stopping;
    },
    drain(reason) {
      if (asked !== reason) log.info('Draining: running tasks go on, nothing new is taken.', { because: reason });
      asked = reason;
    },
    resume() {
      if (asked !== null) log.info('Taking tasks again.');
      asked = null;
    },
    configure(order) {
      slots = order.slots ?? slots;
      labels = order.labels ?? labels;
      if (order.logLevel !== undefined) changeLogLevel(order.logLevel);
      log.info('The server has changed settings of this worker.', { slots, labels, logLevel });
    },
    joined() {
      asked = null;
      slots = options.slots;
      labels = options.labels;
      changeLogLevel(null);
    },
    stop() {
      stopping = true;
    },
    read: () => ({ draining: stopping || asked !== null, slots, labels, logLevel }),
  };
}
