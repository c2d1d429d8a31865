/**
 * What tasks that are about to be sent get beside their parameters: their environment and their data source. Read at that moment, held
 * by nobody afterwards.
 *
 * E1 No value is kept, logged or put into anything that is written: what was opened goes into one message, and that is it.
 * E2 A read that fails for a passing reason is no answer: it is tried again for as long as the dispatch is to be sent.
 */
import type { OpenedDataSource, OpenedEnvironment, ProjectId } from '@vaquita/core';
import type { Logger } from '../settings.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';

type Problem = { readonly problem: string };

/** What tasks of the project get by this name, or why they can get nothing. Rejects for passing reasons. */
type Open<Opened> = (projectId: ProjectId, name: string) => Promise<Opened | Problem>;

export interface OpenNeeds {
  readonly environment: Open<OpenedEnvironment>;
  readonly dataSource: Open<OpenedDataSource>;
}

export const NOTHING_OPENED: OpenedEnvironment = Object.freeze({ values: {}, secrets: {} });

export const openNothing: OpenNeeds = {
  environment: async (_, name) => ({ problem: `There is no environment "${name}": this server has none.` }),
  dataSource: async (_, name) => ({ problem: `There is no data source "${name}": this server has none.` }),
};

export interface TaskNeeds {
  /** Calls `send` with it, at once when nothing is needed; else later, and not at all where the term is over. */
  open(which: WantedNeeds, send: (opened: OpenedNeeds | Problem) => void): void;
}

export interface WantedNeeds {
  readonly projectId: ProjectId;
  /** Names; null: none is needed. */
  readonly environment: string | null;
  readonly dataSource: string | null;
  /** Called in the place of `send` when it has to be tried again: whether it is still wanted is for the caller to know. */
  readonly again: () => void;
  /** For the timer: one try for each at a time. */
  readonly key: string;
}

export interface OpenedNeeds {
  readonly environment: OpenedEnvironment;
  readonly dataSource: OpenedDataSource | null;
}

export interface TaskNeedsDeps {
  readonly open: OpenNeeds;
  readonly timers: TimerQueue;
  readonly retryMs: number;
  readonly log: Logger;
  readonly isOver: () => boolean;
}

export function createTaskNeeds(deps: TaskNeedsDeps): TaskNeeds {
  const { timers, retryMs, log, isOver } = deps;
  const environments = shared(deps.open.environment);
  const dataSources = shared(deps.open.dataSource);

  async function read({ projectId, environment, dataSource }: WantedNeeds): Promise<OpenedNeeds | Problem> {
    const [opened, source] = await Promise.all([
      environment === null ? NOTHING_OPENED : environments(projectId, environment),
      dataSource === null ? null : dataSources(projectId, dataSource),
    ]);
    if ('problem' in opened) return opened;
    if (source !== null && 'problem' in source) return source;
    return { environment: opened, dataSource: source };
  }

  return {
    open(wanted, send) {
      const { environment, dataSource, again, key } = wanted;
      if (environment === null && dataSource === null) {
        send({ environment: NOTHING_OPENED, dataSource: null });
        return;
      }
      read(wanted).then(
        (opened) => {
          if (!isOver()) send(opened);
        },
        (error: unknown) => {
          if (isOver()) return;
          log.warn('What a task needs could not be read; it is tried again.', { environment, dataSource, error });
          timers.after(`needs:${key}`, retryMs, again);
        },
      );
    },
  };
}

/** Tasks that are sent together share one read, for as long as it is under way. */
function shared<Opened>(open: Open<Opened>): Open<Opened> {
  const reading = new Map<string, Promise<Opened | Problem>>();
  return (projectId, name) => {
    const key = `${projectId} ${name}`;
    let read = reading.get(key);
    if (read === undefined) {
      read = open(projectId, name).finally(() => reading.delete(key));
      reading.set(key, read);
    }
    return read;
  };
}
