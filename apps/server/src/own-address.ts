/** Where workers and other servers reach this one, and what is to be said when that may not be so. */
import type { ServerSettings } from './settings.ts';

export interface OwnAddress {
  /** Null: it listens on all addresses, and cannot know by which of them it is reached. */
  readonly url: string | null;
  readonly warning: string | null;
}

type Settings = Pick<ServerSettings, 'advertiseUrl' | 'basePath' | 'databaseUrl' | 'host'>;

const ALL_ADDRESSES = new Set(['0.0.0.0', '::']);
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const SAY = 'Say where with --advertise-url or VAQUITA_ADVERTISE_URL, such as http://10.0.0.5:8080.';

/** @param listeningUrl where a person on this machine finds it, with the base path. */
export function ownAddress({ advertiseUrl, basePath, databaseUrl, host }: Settings, listeningUrl: string): OwnAddress {
  if (advertiseUrl !== null) return { url: advertiseUrl + basePath, warning: null };
  // A database in a file is for the servers of one machine.
  const isAlone = databaseUrl.startsWith('file:');
  if (ALL_ADDRESSES.has(host)) {
    const text = `Other servers and their workers cannot be told where this one is: it listens on all addresses. ${SAY}`;
    return { url: null, warning: isAlone ? null : text };
  }
  const isLocal = LOOPBACK.test(new URL(listeningUrl).hostname);
  const text = `Other servers and their workers are told that this one is at ${listeningUrl}, which they reach only from this machine. If some are elsewhere: ${SAY}`;
  return { url: listeningUrl, warning: isLocal && !isAlone ? text : null };
}
