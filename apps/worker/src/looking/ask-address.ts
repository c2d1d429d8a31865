/**
 * Asks an http(s) address for the version of the one object there, in the way of the task type `http`: through the same port,
 * redirects followed. The content is never read.
 */
import type { LookedEntry } from '@vaquita/protocol';
import type { TaskPorts } from '@vaquita/tasks';
import { causeOf } from '../file-requests.ts';

export type AddressAnswer =
  | { readonly type: 'found'; readonly entry: LookedEntry }
  /** There is no object, which is no problem. */
  | { readonly type: 'nothing' }
  | { readonly type: 'problem'; readonly code: string; readonly text: string };

interface Asked {
  readonly address: string;
  readonly shown: string;
  readonly fetch: TaskPorts['fetch'];
  readonly signal: AbortSignal;
}

/** Answers to HEAD after which GET is tried: not offered, not known, or (addresses that are signed for GET) not allowed. */
const HEAD_REFUSED: ReadonlySet<number> = new Set([400, 403, 405, 501]);
const MAX_ETAG_CHARS = 1_024;

export function isAddress(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** An address for people, without what may be secret in it: a password, or the signature after the path. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return address.replace(/[?#].*/s, '');
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

/** Rejects when the signal is aborted. */
export async function askAddress(
  address: string,
  { fetch, signal }: Pick<Asked, 'fetch' | 'signal'>,
): Promise<AddressAnswer> {
  const shown = shownAddress(address);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null) return { type: 'problem', code: 'bad_path', text: `${shown} is not an http or https address.` };
  if (url.username !== '' || url.password !== '') {
    return { type: 'problem', code: 'bad_path', text: `The address ${shown} must not hold a name or a password.` };
  }
  const asked: Asked = { address, shown, fetch, signal };
  try {
    const head = await ask(asked, 'HEAD');
    const isEnough = !HEAD_REFUSED.has(head.status) && (!head.ok || sizeOf(head) !== null);
    return read(asked, isEnough ? head : await ask(asked, 'GET'));
  } catch (error) {
    if (signal.aborted) throw error;
    return { type: 'problem', code: 'unreachable', text: `${shown} cannot be reached: ${causeOf(error)}.` };
  }
}

async function ask({ address, fetch, signal }: Asked, method: 'HEAD' | 'GET'): Promise<Response> {
  // A compressed answer would be of another size and version.
  const headers: [string, string][] = [['accept-encoding', 'identity']];
  if (method === 'GET') headers.push(['range', 'bytes=0-0']);
  const answer = await fetch(address, { method, headers, body: null, signal });
  // Not waited for: a server that goes on sending is not listened to.
  void answer.body?.cancel().catch(() => {});
  return answer;
}

function read({ address, shown }: Asked, answer: Response): AddressAnswer {
  const { status } = answer;
  if (status === 404 || status === 410) return { type: 'nothing' };
  if (status === 401 || status === 403) {
    const text = `${shown} answers ${status}: the worker may not see it. Use an address that needs no sign-in, such as a signed one.`;
    return { type: 'problem', code: 'not_allowed', text };
  }
  // 416: there is no first byte, because the object is empty.
  if (!(answer.ok || status === 416)) {
    return { type: 'problem', code: 'unreachable', text: `${shown} answers ${status} ${answer.statusText}`.trimEnd() };
  }
  const size = sizeOf(answer);
  const etag = etagOf(answer);
  const modifiedAt = modifiedAtOf(answer);
  if (size !== null && (etag !== null || modifiedAt !== null)) {
    return { type: 'found', entry: { path: address, size, modifiedAt, etag } };
  }
  const missing = size === null ? 'how large it is' : 'its version, by ETag or Last-Modified';
  const text = `${shown} does not tell ${missing}: nobody could say whether it has changed.`;
  return { type: 'problem', code: 'no_version', text };
}

/** Of the whole object, in bytes. */
function sizeOf({ status, headers }: Response): number | null {
  const isPart = status === 206 || status === 416;
  const text = isPart ? /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] : headers.get('content-length');
  if (text === null || text === undefined || !/^\d+$/.test(text)) return null;
  return Number.isSafeInteger(Number(text)) ? Number(text) : null;
}

function etagOf({ headers }: Response): string | null {
  const etag = headers.get('etag') ?? '';
  return etag === '' || etag.length > MAX_ETAG_CHARS ? null : etag;
}

function modifiedAtOf({ headers }: Response): number | null {
  const time = Date.parse(headers.get('last-modified') ?? '');
  return Number.isNaN(time) ? null : time;
}
