/**
 * Reads folders in a thread beside the event loop. Node tells what a name is together with the name, and where a disk does not
 * tell (some network shares), it asks for each at once: a share that hangs would stop whoever waits for it.
 *
 * R1 The event loop never waits for the disk.
 * R2 A name that vanishes while the folder is read is left out, and not the folder with it.
 * R3 The thread is there while folders are read, and for a while after; it keeps no process alive.
 */
import { Worker } from 'node:worker_threads';

export type EntryType = 'file' | 'folder' | 'link' | 'other';

export interface FolderEntry {
  readonly name: string;
  readonly type: EntryType;
}

export interface ReadFolder {
  readonly entries: Iterable<FolderEntry>;
  readonly count: number;
  /** False: there are more names than were wanted. */
  readonly isWhole: boolean;
  /** Names that could not be asked for: they have vanished, or are not UTF-8. */
  readonly unknown: readonly string[];
}

/** One folder after the other. Rejects with the error of the system, with its `code`. */
export type FolderReader = (folder: string, most: number) => Promise<ReadFolder>;

interface Request {
  readonly folder: string;
  readonly most: number;
}

/** Names are joined by what no name can hold: one text is handed over faster than many. */
type Answer =
  | { readonly names: string; readonly types: string; readonly isWhole: boolean; readonly unknown: readonly string[] }
  | { readonly code: string | undefined; readonly message: string };

/**
 * Runs in the thread. One name at a time, because Node gives all up that it has read together with one that has vanished; the
 * library below it reads many at once all the same.
 */
const THREAD = `
const { parentPort } = require('node:worker_threads');
const { opendirSync } = require('node:fs');
const typeOf = (entry) =>
  entry.isFile() ? 'f' : entry.isDirectory() ? 'd' : entry.isSymbolicLink() ? 'l' : 'o';
parentPort.on('message', ({ folder, most }) => {
  try {
    parentPort.postMessage(read(folder, most));
  } catch (error) {
    parentPort.postMessage({ code: error.code, message: error.message });
  }
});
function read(folder, most) {
  const names = [];
  const unknown = [];
  let types = '';
  const open = opendirSync(folder, { bufferSize: 1 });
  try {
    for (;;) {
      let entry;
      try {
        entry = open.readSync();
      } catch (error) {
        if (error.syscall !== 'lstat') throw error;
        if (unknown.length < most) unknown.push(String(error.path));
        continue;
      }
      if (entry === null) return { names: names.join('\\0'), types, isWhole: true, unknown };
      if (names.length >= most) return { names: '', types: '', isWhole: false, unknown };
      names.push(entry.name);
      types += typeOf(entry);
    }
  } finally {
    open.closeSync();
  }
}
`;

const TYPES: Readonly<Record<string, EntryType>> = { f: 'file', d: 'folder', l: 'link' };
const IDLE_MS = 60_000;

export function createFolderReader(): FolderReader {
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(THREAD, {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
      env: {},
      // Those of this process may say how a program is to be read, and this one is not that program.
      execArgv: [],
    });
    started.on('exit', () => {
      if (thread === started) thread = undefined;
    });
    return started;
  }

  /** R3 */
  function rest(): void {
    thread?.unref();
    idle = setTimeout(() => void thread?.terminate(), IDLE_MS).unref();
  }

  async function read(request: Request): Promise<ReadFolder> {
    clearTimeout(idle);
    thread ??= start();
    const asked = thread;
    asked.ref();
    const stop = new AbortController();
    try {
      return readAnswer(await ask(asked, request, stop.signal));
    } finally {
      stop.abort();
      rest();
    }
  }

  let before: Promise<unknown> = Promise.resolve();
  return (folder, most) => {
    const reading = before.then(() => read({ folder, most }));
    before = reading.catch(() => {});
    return reading;
  };
}

function ask(thread: Worker, request: Request, until: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const handlers = {
      message: resolve,
      error: reject,
      exit: () => reject(new Error('the thread that reads folders has ended')),
    };
    for (const [event, handler] of Object.entries(handlers)) {
      thread.on(event, handler);
      until.addEventListener('abort', () => thread.off(event, handler));
    }
    thread.postMessage(request);
  });
}

function readAnswer(answer: Answer): ReadFolder {
  if ('message' in answer) throw Object.assign(new Error(answer.message), { code: answer.code });
  const { types, isWhole, unknown } = answer;
  const names = types === '' ? [] : answer.names.split('\0');
  return { entries: entriesOf(names, types), count: names.length, isWhole, unknown };
}

function* entriesOf(names: readonly string[], types: string): Iterable<FolderEntry> {
  for (const [i, name] of names.entries()) yield { name, type: TYPES[types[i]!] ?? 'other' };
}
