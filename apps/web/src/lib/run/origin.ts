/** Who or what started a run, out of what the run says of it. Pure. */
import type { InstanceView } from '@vaquita/client';

type Facts = Pick<InstanceView, 'origin' | 'createdBy'>;

export interface Starter {
  readonly kind: NonNullable<InstanceView['origin']>['kind'];
  readonly id: string;
  /** Of the schedule, backfill or trigger; undefined when a person had it start the run. */
  readonly name: string | undefined;
  /** The person. */
  readonly person: string | undefined;
}

/** Null: a person, or a task of another run. */
export function starterOf({ origin, createdBy }: Facts): Starter | null {
  if (origin === null) return null;
  const prefix = `${origin.kind} `;
  const named = createdBy.startsWith(prefix);
  return {
    ...origin,
    name: named ? createdBy.slice(prefix.length) : undefined,
    person: named ? undefined : createdBy,
  };
}
