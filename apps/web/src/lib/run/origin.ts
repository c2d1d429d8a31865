/** Who or what started a run, out of what the run says of it. Pure. */
import type { InstanceView } from '@vaquita/client';

type Facts = Pick<InstanceView, 'origin' | 'createdBy'>;
type Kind = NonNullable<InstanceView['origin']>['kind'];

export interface Starter {
  readonly kind: Kind;
  readonly id: string;
  /** Of the schedule or trigger; undefined of a backfill, and when a person had it start the run. */
  readonly name: string | undefined;
  /** The person, where there is one: who had it start the run, or who asked for the backfill. */
  readonly person: string | undefined;
}

const BACKFILL_OF = 'backfill by ';

/** Null: a person, or a task of another run. */
export function starterOf({ origin, createdBy }: Facts): Starter | null {
  if (origin === null) return null;
  if (createdBy.startsWith(BACKFILL_OF)) {
    return { ...origin, name: undefined, person: createdBy.slice(BACKFILL_OF.length) };
  }
  const prefix = `${origin.kind} `;
  const named = createdBy.startsWith(prefix);
  return {
    ...origin,
    name: named ? createdBy.slice(prefix.length) : undefined,
    person: named ? undefined : createdBy,
  };
}

/** In a line of a list. @param kinds the words of the language for what starts runs */
export function startedBy(run: Facts, kinds: Readonly<Record<Kind, string>>): string {
  const starter = starterOf(run);
  if (starter === null) return run.createdBy;
  return `${kinds[starter.kind]} · ${starter.name ?? starter.person}`;
}
