/** Which other servers there are, and who of them is gone, as the registry tells it. */
import { type RegistryClient, SERVER_NODES, serverOfKey } from '@vaquita/registry';

export interface ServerListener {
  changed(): void;
  lost(server: string): void;
}

export async function watchServers(
  self: Pick<RegistryClient, 'id' | 'subscribe'>,
  { changed, lost }: ServerListener,
): Promise<void> {
  await self.subscribe(SERVER_NODES, (news) => {
    changed();
    // Of what is not told any more nothing is lost: whoever begins to lead takes over everything that is open.
    if (news.type !== 'removed') return;
    const server = serverOfKey(news.key);
    if (server !== undefined && server !== self.id) lost(server);
  });
}
