/** What the kernel knows of a process. On Linux only: elsewhere there is no file to read, and the answer is null. */
import { readFileSync } from 'node:fs';

/** Of `/proc`, on every architecture that Node runs on. */
const TICKS_PER_S = 100;

/** The most memory that it ever had resident. */
export function peakRssBytes(pid: number): number | null {
  const text = readProc(pid, 'status');
  const kib = text === null ? undefined : /^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}

/** Processor time of all its threads together since it began, in steps of 10 ms. */
export function cpuMs(pid: number): number | null {
  const text = readProc(pid, 'stat');
  if (text === null) return null;
  // The second field is the name, which may hold anything; what follows its bracket does not.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return ((user + system) * 1_000) / TICKS_PER_S;
}

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
