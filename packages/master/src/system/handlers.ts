/**
 * What a term does when it begins, and when servers and workers are lost.
 *
 * K1 Runs whose rows do not come yet hold up neither the other runs nor the loss of workers.
 * K2 Once the open runs have been gone through, every worker that should be here is connected or waited for.
 */
import { toAppError } from '@vaquita/core';
import type { CommandConsumer } from '../commands/command-consumer.ts';
import { isPassing } from '../recovery/durable-commit.ts';
import type { TakingOver } from '../recovery/taking-over.ts';
import type { Presence } from '../sessions/presence.ts';
import type { Logger } from '../settings.ts';
import type { LostServer } from './cluster-alerts.ts';
import type { SystemHandlers } from './system-bus.ts';

export interface SystemHandlerDeps {
  readonly takingOver: Pick<TakingOver, 'recover' | 'sawAll'>;
  readonly presence: Pick<Presence, 'awaitAbsent' | 'lose'>;
  readonly commands: Pick<CommandConsumer, 'nudge'>;
  readonly log: Logger;
  readonly isOver: () => boolean;
  /** Records that a server is lost. @throws AppError when it cannot be written. */
  readonly tell: (news: LostServer) => Promise<void>;
  /** Every open run that can be is in memory. Called once. */
  readonly recovered: () => void;
  /** Workers that should be here are connected or waited for. Called once. */
  readonly settled: () => void;
  /** The term cannot go on. */
  readonly over: (why: string) => void;
  readonly close: () => Promise<void>;
}

export function createSystemHandlers(deps: SystemHandlerDeps): SystemHandlers {
  const { takingOver, presence, commands, log, isOver } = deps;
  let recovered = false;
  let settled = false;

  async function settleIn(): Promise<void> {
    if (settled || isOver()) return;
    if (!recovered) deps.recovered();
    recovered = true;
    await presence.awaitAbsent();
    settled = true;
    deps.settled();
  }

  return {
    async LeadershipGained() {
      try {
        await takingOver.recover();
      } catch (thrown) {
        const error = toAppError(thrown);
        if (isOver() || error.code === 'fenced') throw error;
        if (!isPassing(error.code)) {
          // Without the list of open runs nothing can be taken over: another try at leading starts from scratch.
          deps.over(`open runs cannot be read: ${error.message}`);
          return;
        }
        if (takingOver.sawAll) await settleIn();
        throw error;
      }
      await settleIn();
    },
    /** Its commands are rows, which this server reads anyway; workers that were with it come here, or are lost. */
    async ServerLost({ server, news }) {
      log.info('Another server is gone; what it had is taken over.', { server });
      commands.nudge();
      await presence.awaitAbsent();
      if (news !== null) await deps.tell(news);
    },
    WorkerLost: ({ worker, text, lastHeardAt, expected }) => presence.lose(worker, { text, lastHeardAt, expected }),
    LeadershipLost: deps.close,
  };
}
