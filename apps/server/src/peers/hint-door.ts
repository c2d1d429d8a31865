/**
 * Where hints of other servers are heard.
 *
 * D1 Only a server whose entry in the registry holds the key is heard, and only in what it says to this server.
 * D2 What was heard once is not heard again.
 * D3 Who is not known costs at most one look into the registry a second.
 */
import type { ServerState } from '@vaquita/registry';
import { HINTS_PATH, type Hint, parseHintMessage, SIGNATURE_HEADER } from './hints.ts';
import { isSigned } from './signing.ts';

export interface HintDoorDeps {
  readonly selfId: string;
  readonly findPeer: (id: string) => Promise<ServerState | undefined>;
  readonly heard: (hint: Hint) => void;
}

export interface HintDoor {
  /** Undefined when that is no request for this door. */
  answer(request: Request): Promise<Response> | undefined;
  /** Forgets what servers have said that are no more. */
  keepOnly(ids: ReadonlySet<string>): void;
}

const MAX_BYTES = 4_096;

export function createHintDoor({ selfId, findPeer, heard }: HintDoorDeps): HintDoor {
  const highest = new Map<string, number>();

  async function hear(request: Request): Promise<number> {
    if (request.method !== 'POST') return 405;
    const length = Number(request.headers.get('content-length') ?? Number.NaN);
    if (!(length <= MAX_BYTES)) return 413;
    const text = await request.text();
    const message = parseHintMessage(text);
    if (message === undefined) return 400;
    const { from, to, seq, hints } = message;
    if (to !== selfId) return 403;
    const key = (await findPeer(from))?.publicKey;
    if (key === undefined || !(await isSigned(text, request.headers.get(SIGNATURE_HEADER) ?? '', key))) return 403;
    if (seq <= (highest.get(from) ?? -1)) return 403;
    highest.set(from, seq);
    for (const hint of hints) heard(hint);
    return 204;
  }

  return {
    answer(request) {
      if (!request.url.endsWith(HINTS_PATH) || new URL(request.url).pathname !== HINTS_PATH) return undefined;
      return hear(request).then((status) => new Response(null, { status }));
    },
    keepOnly(ids) {
      for (const id of highest.keys()) if (!ids.has(id)) highest.delete(id);
    },
  };
}
