/**
 * A folder as a tar archive and back.
 *
 * A1 Only files and folders are packed and unpacked. A link to a file is packed as that file, if it stays in the task's
 *    folder; nothing that is unpacked can be a link, so nothing can be written through one.
 * A2 Every name that is unpacked is checked part by part and lies below the target, which is new and empty.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileName } from '@vaquita/core';
import { createTarDecoder, createTarPacker, type TarPackController } from 'modern-tar';
import { isInside, refused } from './output-place.ts';

const MAX_ENTRIES = 100_000;

/** The archive of a folder, in pieces. `root` is the task's folder, without links. */
export async function* packFolder(folder: string, root: string): AsyncGenerator<Uint8Array> {
  const { readable, controller } = createTarPacker();
  let failed: unknown;
  const packing = packEntries(controller, { folder, root, within: '', left: { entries: MAX_ENTRIES } }).then(
    () => controller.finalize(),
    (error: unknown) => {
      failed = error;
      controller.error(error);
    },
  );
  try {
    yield* readable;
  } finally {
    await readable.cancel().catch(() => undefined);
    await packing.catch(() => undefined);
  }
  if (failed !== undefined) throw failed;
}

interface Packing {
  readonly folder: string;
  readonly root: string;
  /** The path in the archive, with a `/` at its end; empty at the top. */
  readonly within: string;
  readonly left: { entries: number };
}

async function packEntries(controller: TarPackController, { folder, root, within, left }: Packing): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    left.entries -= 1;
    if (left.entries < 0) throw refused(`the folder holds more than ${MAX_ENTRIES} files and folders`);
    const shown = `${within}${name}`;
    if (!isFileName(name))
      throw refused(`the folder holds ${JSON.stringify(shown)}; rename it: not every system takes it`);
    const asked = join(folder, name);
    const path = await realpath(asked).catch(() => {
      throw refused(`the folder holds ${shown}, a link that leads nowhere`);
    });
    if (!isInside(root, path)) throw refused(`the folder holds ${shown}, a link that leaves the task's folder`);
    const found = await stat(path);
    if (found.isFile()) {
      await packFile(controller, path, { name: shown, mode: found.mode & 0o777, mtime: found.mtime });
    } else if (!found.isDirectory()) {
      throw refused(`the folder holds ${shown}, which is neither a file nor a folder`);
    } else if (path !== join(await realpath(folder), name)) {
      throw refused(`the folder holds ${shown}, a link to a folder; copy the folder instead`);
    } else {
      const header = { name: `${shown}/`, size: 0, type: 'directory' as const, mode: found.mode & 0o777 };
      await controller.add({ ...header, mtime: found.mtime }).close();
      await packEntries(controller, { folder: path, root, within: `${shown}/`, left });
    }
  }
}

async function packFile(
  controller: TarPackController,
  path: string,
  header: { readonly name: string; readonly mode: number; readonly mtime: Date },
): Promise<void> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = await file.stat();
    const writer = controller.add({ ...header, size, type: 'file' }).getWriter();
    const buffer = new Uint8Array(256 * 1024);
    for (let left = size; left > 0; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, left), null);
      if (bytesRead === 0) throw refused(`${header.name} became shorter while it was read`);
      await writer.write(buffer.slice(0, bytesRead));
      left -= bytesRead;
    }
    await writer.close();
  } finally {
    await file.close();
  }
}

/** Unpacks into a folder that is there and empty. @throws AppError `task_failed` for an archive that is not one of ours. */
export async function unpackFolder(archive: ReadableStream<Uint8Array>, target: string): Promise<void> {
  let entries = 0;
  for await (const { header, body } of archive.pipeThrough(createTarDecoder({ strict: true }))) {
    entries += 1;
    if (entries > MAX_ENTRIES) throw refused(`the archive holds more than ${MAX_ENTRIES} entries`);
    const path = join(target, ...partsOf(header.name));
    if (header.type === 'directory') {
      await mkdir(path, { recursive: true, mode: 0o700 });
      await body.cancel();
    } else if (header.type === 'file') {
      const file = await open(path, 'wx', ((header.mode ?? 0o600) & 0o777) | 0o600);
      try {
        for await (const chunk of body) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
    } else throw refused(`the archive holds ${JSON.stringify(header.name)}, which is neither a file nor a folder`);
  }
}

/** A2 */
function partsOf(name: string): readonly string[] {
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.every(isFileName)) return parts;
  throw refused(`the archive holds ${JSON.stringify(name)}, which is not a name of a file inside it`);
}
