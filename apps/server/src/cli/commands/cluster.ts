/** `cluster`: the servers that share the database, and which of them leads. For administrators. */
import type { ServerView } from '@vaquita/client';
import { type Command, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

const HEADER = ['ID', 'NAME', 'ROLE', 'ADDRESS', 'VERSION', 'STARTED', 'LEASE LEFT', 'CLOCK', 'WORKERS'];

export const clusterCommand: Command = {
  name: 'cluster',
  summary: 'List the servers and who leads (administrators)',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita cluster'],
  async run({ options }, io) {
    const { servers, leader, queues } = await connect(options, io).cluster();
    if (servers === null) {
      io.note('error: Only an administrator may see the servers.');
      return EXIT.failure;
    }
    for (const line of table(HEADER, servers.map(toRow))) io.print(line);
    if (leader === null) io.print('nobody leads');
    if (queues.commands > 0) io.note(`${queues.commands} commands wait for the leader`);
    return EXIT.ok;
  },
};

function toRow(server: ServerView): string[] {
  const { id, name, url, version, startedAt, leader, epoch, leaseLeft, clockAheadMs, workers } = server;
  return [
    server.answering ? `${id} (asked)` : id,
    name,
    leader ? `leader, epoch ${epoch}` : 'follower',
    url ?? 'not told',
    version,
    startedAt,
    leaseLeft ?? 'none: silent',
    clockAheadMs === null ? '-' : `${clockAheadMs > 0 ? '+' : ''}${clockAheadMs}ms`,
    String(workers),
  ];
}
