/** Which other servers there are, and who of them is gone, as the registry tells it. */
import type { LostServer } from '@vaquita/master';
import { parseServerNode, type RegistryClient, type RegistryEvent, SERVER_NODES, serverOfKey } from '@vaquita/registry';

export interface ServerListener {
  changed(): void;
  /** `news` null: it has said that it would leave. */
  lost(server: string, news: LossNews | null): void;
}

export type LossNews = Omit<LostServer, 'led'>;

export async function watchServers(
  self: Pick<RegistryClient, 'id' | 'subscribe'>,
  { changed, lost }: ServerListener,
): Promise<void> {
  await self.subscribe(SERVER_NODES, (news) => {
    changed();
    // Of what is not told any more nothing is lost: whoever begins to lead takes over everything that is open.
    if (news.type !== 'removed') return;
    const server = serverOfKey(news.key);
    if (server !== undefined && server !== self.id) lost(server, newsOf(server, news));
  });
}

/** What it last said of itself is told with its removal. */
function newsOf(id: string, { value, at }: Pick<RegistryEvent, 'value' | 'at'>): LossNews | null {
  const node = parseServerNode(value);
  return node?.leaving === true ? null : { id, name: node?.name ?? id, host: node?.url ?? null, at };
}
