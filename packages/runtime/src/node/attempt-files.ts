/**
 * The folder of one attempt: what it was ordered to do, the folder in which its process works, and what an agent notes
 * while it runs. The keeper writes beside it what comes of the process (`kept/spool-format.ts`). What is written survives
 * the end of the agent, not of the machine, which ends what runs too.
 */
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STOP_FILE } from './kept/spool-format.ts';

export interface AttemptFiles {
  readonly name: string;
  readonly folder: string;
  /** Where the process works. */
  readonly workDir: string;
  /** Makes the folders anew, with the order in them. */
  begin(order: string): Promise<void>;
  /** Null when there is none. */
  readOrder(): Promise<string | null>;
  /** The order to stop it; the latest one counts. */
  writeStop(text: string): void;
  readStop(): string | null;
  readonly sent: GrowingFile;
  remove(): Promise<void>;
  /** Out of the way of the next agent, for a person to look at. */
  setAside(): Promise<void>;
}

/** A text that is added to. Each of these throws when the disk refuses it. */
export interface GrowingFile {
  /** Null when there is none. */
  read(): string | null;
  append(text: string): void;
  /** The old or the new is there, whole. */
  replace(text: string): void;
  close(): void;
}

const ORDER_FILE = 'order.json';
const SENT_FILE = 'sent';
const ASIDE = '.unreadable';

export async function listAttempts(tasks: string): Promise<readonly AttemptFiles[]> {
  const names = await readdir(tasks).catch(() => []);
  return names.filter((name) => !name.endsWith(ASIDE)).map((name) => attemptFiles(tasks, name));
}

export function attemptFiles(tasks: string, name: string): AttemptFiles {
  const folder = join(tasks, name);
  const workDir = join(folder, 'work');
  return {
    name,
    folder,
    workDir,
    async begin(order) {
      await rm(folder, { recursive: true, force: true });
      await mkdir(workDir, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, ORDER_FILE), order, { mode: 0o600 });
    },
    readOrder: () => readFile(join(folder, ORDER_FILE), 'utf8').catch(nullWhenMissing),
    writeStop: (text) => replaceFile(join(folder, STOP_FILE), text),
    readStop: () => readWhole(join(folder, STOP_FILE)),
    sent: growingFile(join(folder, SENT_FILE)),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
    setAside: () => rename(folder, `${folder}${ASIDE}`),
  };
}

export function growingFile(path: string): GrowingFile {
  let file: number | null = null;

  function close(): void {
    if (file !== null) closeSync(file);
    file = null;
  }

  return {
    read: () => readWhole(path),
    append(text) {
      file ??= openSync(path, 'a', 0o600);
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    },
    replace(text) {
      close();
      replaceFile(path, text);
    },
    close,
  };
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function readWhole(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return nullWhenMissing(error);
  }
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
