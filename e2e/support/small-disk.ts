/** A file system of its own for the data folder, small enough to be filled. Needs Linux, and the right to mount. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room there is; again when some has come free meanwhile. */
  fill(): Promise<void>;
  free(): void;
  close(): void;
}

const FILLER = 'filler';
const PIECE = Buffer.alloc(64 * 1024);

/** Mounts it at `folder`. @returns why it cannot be had, as a text, or the disk. */
export function mountSmallDisk(folder: string, sizeMib: number): SmallDisk | string {
  mkdirSync(folder, { recursive: true });
  if (process.platform !== 'linux') return 'only Linux can mount a small file system here';
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'vaquita-chaos', folder]);
  if (mounted.status !== 0) return `mount said: ${mounted.error?.message ?? String(mounted.stderr).trim()}`;
  const filler = join(folder, FILLER);

  return {
    folder,
    async fill() {
      const file = await open(filler, 'a');
      try {
        for (let size = PIECE.length; size > 0; ) {
          try {
            await file.write(PIECE, 0, size);
          } catch (thrown) {
            if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
            // What is left is less than a piece.
            size = Math.floor(size / 2);
          }
        }
      } finally {
        await file.close();
      }
    },
    free: () => rmSync(filler, { force: true }),
    close() {
      spawnSync('umount', ['--lazy', folder]);
    },
  };
}
