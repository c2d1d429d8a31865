/** Which slot a member of a task group holds, or which in the queue it is, from 1. Pure. */
import type { TaskGroupMember } from '@vaquita/client';

export type Place =
  | { readonly kind: 'slot'; readonly at: number }
  | { readonly kind: 'forced' }
  | { readonly kind: 'waits'; readonly at: number };

/** The members as the server gives them: holders first, then the queue in its order. */
export function placesOf(members: readonly Pick<TaskGroupMember, 'slot' | 'forced'>[]): readonly Place[] {
  let waiting = 0;
  return members.map(({ slot, forced }) => {
    if (slot !== null) return { kind: 'slot', at: slot + 1 };
    return forced ? { kind: 'forced' } : { kind: 'waits', at: ++waiting };
  });
}
