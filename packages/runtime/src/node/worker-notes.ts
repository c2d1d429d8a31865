/** A folder of small named texts that outlive the process: one file each, `<name>.json`. What runs is noted in one. */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, writeWhole } from './durable-file.ts';

export interface RecordFolder {
  /** When this resolves, the record survives a crash of the process; not of the machine, which ends what runs too. */
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Every record, by name. Half-written files of a crash are cleared away. */
  readAll(): Promise<ReadonlyMap<string, string>>;
  /** Puts a record that cannot be read aside, for a person to look at. */
  setAside(name: string): Promise<void>;
}

export async function openRecordFolder(path: string): Promise<RecordFolder> {
  await makePrivateFolder(path);
  const fileOf = (name: string) => join(path, `${name}.json`);

  return {
    put: (name, text) => writeWhole(fileOf(name), text),
    remove: (name) => rm(fileOf(name), { force: true }),
    setAside: (name) => rename(fileOf(name), join(path, `${name}.unreadable`)),
    async readAll() {
      const records = new Map<string, string>();
      for (const file of (await readdir(path)).sort()) {
        if (file.endsWith('.tmp')) await rm(join(path, file), { force: true });
        else if (file.endsWith('.json')) records.set(file.slice(0, -5), await readFile(join(path, file), 'utf8'));
      }
      return records;
    },
  };
}
