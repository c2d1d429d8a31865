/** Who this worker is: an id made once per work folder. The server knows it again by it after any restart. */
import { createIdSource, isId, type WorkerId } from '@vaquita/core';
import type { AgentHost, WorkFolder } from './host.ts';

export async function readWorkerId(
  folder: Pick<WorkFolder, 'readIdentity' | 'writeIdentity'>,
  { clock, random, log }: Pick<AgentHost, 'clock' | 'random' | 'log'>,
): Promise<WorkerId> {
  const known = await folder.readIdentity();
  if (known !== null && isId(known)) return known as WorkerId;
  if (known !== null) log.warn('The stored worker id is damaged; a new one is made.');
  const made = createIdSource(clock, random).next<'worker'>();
  await folder.writeIdentity(made);
  return made;
}
