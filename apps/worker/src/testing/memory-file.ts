/** A file in memory on a disk that may be full, for tests of what is noted in it. */
import type { GrowingFile } from '../host.ts';

export interface MemoryFile extends GrowingFile {
  text: string | null;
  /** So many characters are taken, then the disk is full. */
  room: number;
}

export function memoryFile(): MemoryFile {
  const full = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const file: MemoryFile = {
    text: null,
    room: Number.POSITIVE_INFINITY,
    read: () => file.text,
    append(text) {
      file.text = (file.text ?? '') + text.slice(0, Math.max(0, file.room));
      const refused = text.length > file.room;
      file.room -= text.length;
      if (refused) throw full();
    },
    replace(text) {
      if (text.length > file.room) throw full();
      file.room -= text.length;
      file.text = text;
    },
    close() {},
  };
  return file;
}
