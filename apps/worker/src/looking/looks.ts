/**
 * Answers `look` (PROTOCOL.md, “Looking for files”): what is there, for servers that start runs for it.
 *
 * L1 (P11) Every look is answered once, at the latest when its time is over, also when the disk or the server it asks hangs.
 * L2 (P11) One path is looked at at a time, and one address. What hangs keeps its place until it comes back, so that it never
 *    holds more than one thread; others wait in line for as long as their time lasts, so many at most.
 * L3 A look is of one session: when that is over nobody waits for it, and what goes on for it ends as soon as it can.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import {
  type LookedEntry,
  MAX_LOOK_PATH_CHARS,
  MAX_WAITING_LOOKS,
  MAX_WALKED_ENTRIES,
  type MasterLook,
  type WorkerLooked,
} from '@vaquita/protocol';
import type { TaskPorts } from '@vaquita/tasks';
import type { AgentHost, AgentLog } from '../host.ts';
import { askAddress, isAddress, shownAddress } from './ask-address.ts';
import { createPage, type Page } from './page.ts';

export interface Looks {
  take(look: MasterLook): void;
  /** The session is over (L3). */
  forget(): void;
}

export interface LooksDeps {
  readonly clock: Clock;
  readonly walkFiles: AgentHost['walkFiles'];
  readonly fetch: TaskPorts['fetch'];
  readonly log: AgentLog;
  report(message: WorkerLooked): void;
}

interface Look extends MasterLook {
  readonly page: Page;
  readonly over: AbortController;
  readonly timer: TimerHandle;
}

/** One of several kinds of looks that do not wait for each other. */
interface Line {
  readonly waiting: Look[];
  /** What is looked at, until it has come back. */
  current: Look | null;
  find(look: Look): Promise<void>;
}

export function createLooks(deps: LooksDeps): Looks {
  const { clock, log } = deps;
  /** Those that have not been answered. */
  const open = new Map<string, Look>();
  const files: Line = { waiting: [], current: null, find: findFiles };
  const addresses: Line = { waiting: [], current: null, find: findObject };

  /** L1 */
  function answer(look: Look): void {
    if (!open.delete(look.lookId)) return;
    clock.clearTimeout(look.timer);
    look.over.abort();
    deps.report({ type: 'looked', lookId: look.lookId, ...look.page.read() });
  }

  function timeIsOver(look: Look, line: Line): void {
    const at = line.waiting.indexOf(look);
    if (at >= 0) {
      line.waiting.splice(at, 1);
      tellBusy(look, line);
    } else {
      look.page.cutShort('timeout', `Nothing was found at ${shown(look)} in ${look.timeoutMs / 1_000} s.`);
    }
    answer(look);
  }

  function tellBusy({ page }: Look, { current, waiting }: Line): void {
    const one = current === null ? '' : `: it looks at ${shown(current)}`;
    page.trouble('busy', `The worker has not finished other looks${one}, and ${waiting.length} wait.`);
  }

  /** L2 */
  function goOn(line: Line): void {
    if (line.current !== null) return;
    const look = line.waiting.shift();
    if (look === undefined) return;
    line.current = look;
    void lookAt(look, line).then(() => {
      line.current = null;
      goOn(line);
    });
  }

  async function lookAt(look: Look, line: Line): Promise<void> {
    try {
      await line.find(look);
    } catch (error) {
      if (!look.over.signal.aborted) {
        log.error('A look failed.', { path: shown(look), error });
        look.page.trouble('failed', `Looking at ${shown(look)} failed: ${String(error)}.`);
      }
    }
    answer(look);
  }

  async function findFiles({ path, after, page, over: { signal } }: Look): Promise<void> {
    const walk = { path, after, maxNames: MAX_WALKED_ENTRIES, maxPathChars: MAX_LOOK_PATH_CHARS, signal };
    const tooMany = `More than ${MAX_WALKED_ENTRIES} names had to be read before anything was found that fits ${path}: narrow it, or move old files away.`;
    const ranOut = () => page.cutShort('too_many', tooMany);
    for await (const file of deps.walkFiles({ ...walk, trouble: page.trouble, ranOut })) {
      if (signal.aborted || !page.add({ ...file, etag: null })) return;
    }
  }

  async function findObject({ path, after, page, over: { signal } }: Look): Promise<void> {
    const answered = await askAddress(path, { fetch: deps.fetch, signal });
    if (signal.aborted) return;
    if (answered.type === 'problem') page.trouble(answered.code, answered.text);
    if (answered.type === 'found' && isAfter(answered.entry, after)) page.add(answered.entry);
  }

  return {
    take(order) {
      if (open.has(order.lookId)) return;
      const line = isAddress(order.path) ? addresses : files;
      const timer = clock.setTimeout(() => timeIsOver(look, line), order.timeoutMs);
      const look: Look = { ...order, page: createPage(order.limit), over: new AbortController(), timer };
      open.set(look.lookId, look);
      if (line.waiting.length < MAX_WAITING_LOOKS) {
        line.waiting.push(look);
        goOn(line);
      } else {
        tellBusy(look, line);
        answer(look);
      }
    },
    forget() {
      for (const look of open.values()) {
        clock.clearTimeout(look.timer);
        look.over.abort();
      }
      open.clear();
      files.waiting.length = 0;
      addresses.waiting.length = 0;
    },
  };
}

const shown = ({ path }: MasterLook) => (isAddress(path) ? shownAddress(path) : path);

const isAfter = ({ path }: LookedEntry, after: string | null) => after === null || path > after;
