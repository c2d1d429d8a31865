/**
 * Version negotiation (P10): the newest version that both sides speak, and what a peer of an older one can be told.
 * Versions are compared as numbers and not as text.
 */
import { SUPPORTED_VERSIONS } from './constants.ts';
import type { MasterMessage, MasterReject, RejectCode, WorkerMessage } from './messages.ts';

/** The version to speak, or null when there is none in common. */
export function negotiateVersion(
  offered: readonly string[],
  supported: readonly string[] = SUPPORTED_VERSIONS,
): string | null {
  const common = supported.filter((version) => offered.includes(version));
  return common.sort(compareVersions).at(-1) ?? null;
}

type MessageType = (WorkerMessage | MasterMessage)['type'];

/** Messages that came after version 1.0. */
const SINCE: Readonly<Partial<Record<MessageType, string>>> = {
  drainStatus: '1.1',
  takeOver: '1.1',
  echo: '1.1',
  drain: '1.1',
  resume: '1.1',
  configure: '1.1',
  fault: '1.1',
  look: '1.2',
  looked: '1.2',
};

/** Whether a peer that speaks `version` knows messages of the type; it would ignore others. */
export function knowsMessage(version: string, type: MessageType): boolean {
  const since = SINCE[type];
  return since === undefined || compareVersions(version, since) >= 0;
}

/** Whether a worker that speaks `version` reads the secrets of a dispatch, and masks them. */
export function knowsSecrets(version: string): boolean {
  return compareVersions(version, '1.2') >= 0;
}

/** Codes that came after version 1.0, and what a worker of that version hears in their place: it acts in the same way on it. */
const OLDER_CODES: Readonly<Partial<Record<RejectCode, RejectCode>>> = { revoked: 'bad_token', evicted: 'name_in_use' };

/** @param version Null when there is none in common: told in the words of the oldest. */
export function rejectFor(version: string | null, reject: MasterReject): MasterReject {
  const older = OLDER_CODES[reject.code];
  const isOld = version === null || compareVersions(version, '1.1') < 0;
  return older !== undefined && isOld ? { ...reject, code: older } : reject;
}

function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
