/**
 * Finds and ends what an agent left running when it was killed itself. A process id alone proves nothing, it may have
 * been given to somebody else: the start time must match, or the process must carry the mark of its dispatch in its
 * environment. Where the platform tells neither, nothing is signalled.
 */
import { carriesMark, isAlive, listProcesses, type ProcessIdentity, signalGroup } from './process-table.ts';

/**
 * Kills every process group that is led by the process or has a member that carries `mark` (a `NAME=value` of its
 * environment). Resolves with the number of groups killed.
 */
export async function killLeftovers(leader: ProcessIdentity | null, mark: string): Promise<number> {
  const groups = new Set<number>();
  if (leader !== null && isAlive(leader)) groups.add(leader.pid);
  for (const { pid, group, dead } of await listProcesses()) {
    if (pid === process.pid || dead || group <= 1) continue;
    if (await carriesMark(pid, mark)) groups.add(group);
  }
  let killed = 0;
  for (const group of groups) if (signalGroup(group, 'SIGKILL')) killed += 1;
  return killed;
}
