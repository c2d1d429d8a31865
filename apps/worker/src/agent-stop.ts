/** How an agent ends because it was told to: in order, in a hurry, or leaving what runs to the next one. */
import type { Clock, DispatchId } from '@vaquita/core';
import type { AgentSession } from './agent-session.ts';
import type { Connection } from './connection.ts';
import type { Executor } from './executor.ts';
import type { ResultOutbox } from './result-outbox.ts';
import type { Standing } from './standing.ts';

export interface Stopping {
  /** Resolves when goodbye is said. A further call with no grace ends what still runs at once. */
  stop(graceMs: number): Promise<void>;
  leave(): Promise<void>;
}

export interface StoppingOptions {
  readonly executor: Pick<Executor, 'running' | 'idle' | 'quiet' | 'stopAll'>;
  readonly outbox: Pick<ResultOutbox, 'list' | 'size'>;
  readonly standing: Pick<Standing, 'stop'>;
  readonly session: Pick<AgentSession, 'isOpen' | 'tellStanding'>;
  readonly connection: Pick<Connection, 'close'>;
  readonly clock: Clock;
}

/** Between the polite and the forced end of a task when the grace is over. */
const KILL_GRACE_MS = 3_000;
/** How long what is to end may take to do so. */
const QUIET_MS = KILL_GRACE_MS + 2_000;
/** How long results may take to be acknowledged; what is left waits on disk. */
const DELIVERY_MS = 3_000;
const DELIVERY_POLL_MS = 20;

export function createStopping(options: StoppingOptions): Stopping {
  const { executor, outbox, standing, session, connection, clock } = options;
  let stopping: Promise<void> | null = null;
  let hurry = () => {};
  const hurried = new Promise<void>((resolve) => {
    hurry = resolve;
  });

  async function stop(graceMs: number): Promise<void> {
    drain();
    if (!(await within(graceMs, Promise.race([executor.idle(), hurried])))) interrupt(KILL_GRACE_MS);
    // Of what does not seem to end, even by force, the next agent learns what became of it.
    await within(QUIET_MS, executor.quiet());
    const isDelivered = () => waiting().length === 0;
    for (let waited = 0; waited < DELIVERY_MS && session.isOpen && !isDelivered(); waited += DELIVERY_POLL_MS) {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, DELIVERY_POLL_MS));
    }
    await connection.close('the worker is stopping', waiting());
  }

  /** The server is to know at once, and not only when the next dispatch is refused. */
  function drain(): void {
    standing.stop();
    session.tellStanding();
  }

  function interrupt(graceMs: number): void {
    executor.stopAll({ state: 'interrupted', text: 'the worker is stopping', graceMs });
  }

  /** What the server does not have a result of. */
  function waiting(): readonly DispatchId[] {
    return [...new Set([...executor.running(), ...outbox.list()].map(({ dispatchId }) => dispatchId))];
  }

  function within(ms: number, done: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = clock.setTimeout(() => resolve(false), ms);
      void done.then(() => {
        clock.clearTimeout(timer);
        resolve(true);
      });
    });
  }

  return {
    async stop(graceMs) {
      stopping ??= stop(graceMs);
      if (graceMs === 0) {
        interrupt(0);
        hurry();
      }
      await stopping;
    },
    async leave() {
      drain();
      await connection.close('the agent is restarted', waiting());
    },
  };
}
