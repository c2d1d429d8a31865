/** The other servers that share the database, as this one speaks with them. */
import { type Clock, type TimerHandle, toAppError } from '@vaquita/core';
import type { ClusterReader, ServerState } from '@vaquita/registry';
import type { HostLog } from '../host.ts';
import { createHintDoor, type HintDoor } from './hint-door.ts';
import { createHintSender, type HintSender } from './hint-sender.ts';
import { HINTS_PATH, type Hint, type HintMessage, SIGNATURE_HEADER } from './hints.ts';
import type { Signer } from './signing.ts';

export interface Peers extends Pick<HintDoor, 'answer'> {
  /** Tells all others. Costs nothing when there are none, or none says where it is. */
  tell(hint: Hint): void;
  /** Resolves when what was told has arrived, or has had its time. */
  settled(): Promise<void>;
  /** Who is there has changed. */
  refresh(): Promise<void>;
  close(): void;
}

export interface PeersDeps {
  readonly selfId: string;
  readonly signer: Signer;
  readonly cluster: Pick<ClusterReader, 'servers'>;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly fetch: typeof fetch;
  readonly heard: (hint: Hint) => void;
  /** How it went with a message, for the figures. */
  readonly counted?: (way: 'sent' | 'failed') => void;
}

interface Peer {
  readonly state: ServerState;
  readonly sender: HintSender | null;
}

const MESSAGE_TIMEOUT_MS = 500;
/** D3 */
const LOOK_AT_MOST_EVERY_MS = 1_000;

export function createPeers(deps: PeersDeps): Peers {
  const { selfId, clock } = deps;
  let peers = new Map<string, Peer>();
  let seq = 0;
  let looking: Promise<void> | undefined;
  let pause: TimerHandle | undefined;
  let closed = false;

  async function look(): Promise<void> {
    try {
      const servers = await deps.cluster.servers();
      if (!closed) meet(servers.filter(({ id, expiresInMs }) => id !== selfId && expiresInMs >= 0));
    } catch (error) {
      deps.log.warn('The other servers could not be read.', { error: toAppError(error).message });
    }
    looking = undefined;
  }

  function meet(states: readonly ServerState[]): void {
    const before = peers;
    peers = new Map();
    for (const state of states) {
      const known = before.get(state.id);
      const isSame = known?.state.url === state.url;
      peers.set(state.id, { state, sender: isSame ? known.sender : createSender(state) });
    }
    for (const [id, { sender }] of before) if (peers.get(id)?.sender !== sender) sender?.close();
    door.keepOnly(new Set(peers.keys()));
  }

  function createSender({ id, url }: ServerState): HintSender | null {
    if (url === null) return null;
    return createHintSender({ clock, send: (hints) => post(url, id, hints) });
  }

  async function post(url: string, to: string, hints: readonly Hint[]): Promise<void> {
    seq += 1;
    const message: HintMessage = { from: selfId, to, seq, hints };
    const body = JSON.stringify(message);
    try {
      const answer = await deps.fetch(`${url}${HINTS_PATH}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: await deps.signer.sign(body) },
        redirect: 'error',
        signal: AbortSignal.timeout(MESSAGE_TIMEOUT_MS),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`It answered ${answer.status}.`);
      deps.counted?.('sent');
    } catch (error) {
      deps.counted?.('failed');
      deps.log.debug('A hint did not reach another server; it finds by itself what it was about.', {
        url,
        error: String(error),
      });
      throw error;
    }
  }

  async function findPeer(id: string): Promise<ServerState | undefined> {
    if (!peers.has(id) && pause === undefined && !closed) {
      pause = clock.setTimeout(() => {
        pause = undefined;
      }, LOOK_AT_MOST_EVERY_MS);
      await refresh();
    }
    return peers.get(id)?.state;
  }

  async function refresh(): Promise<void> {
    // One that is under way may have read before the change.
    await looking;
    looking ??= look();
    await looking;
  }

  const door = createHintDoor({ selfId, findPeer, heard: deps.heard });

  return {
    answer: door.answer,
    tell(hint) {
      for (const { sender } of peers.values()) sender?.tell(hint);
    },
    async settled() {
      await Promise.all([...peers.values()].map(({ sender }) => sender?.settled()));
    },
    refresh,
    close() {
      closed = true;
      if (pause !== undefined) clock.clearTimeout(pause);
      for (const { sender } of peers.values()) sender?.close();
      peers = new Map();
    },
  };
}
