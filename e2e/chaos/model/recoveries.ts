/** How long it took until things went on, in milliseconds from the moment in which something went wrong. */
import { type RunFacts, type Trouble, timeOf, type Witness, withChildren } from './facts.ts';
import type { Repeat } from './repeats.ts';

export interface Recovery {
  /** Of what, and until what. */
  readonly name: string;
  readonly ms: number;
}

/** Nothing can be dispatched meanwhile. */
const STOPS_ALL: ReadonlySet<Trouble['what']> = new Set([
  'server-kill',
  'server-freeze',
  'database-kill',
  'database-freeze',
  'disk-full',
]);

export function findRecoveries(
  runs: readonly RunFacts[],
  witness: Witness,
  { troubles, repeats }: { readonly troubles: readonly Trouble[]; readonly repeats: readonly Repeat[] },
): readonly Recovery[] {
  const rows = runs.flatMap(withChildren).flatMap(({ tasks }) => tasks);
  const dispatched = rows.filter(({ dispatchedAt }) => dispatchedAt !== null);
  const found: Recovery[] = [];
  for (const { what, at, overAt, role } of troubles) {
    // Who does not lead is not missed.
    if (!STOPS_ALL.has(what) || role === 'follower') continue;
    // A full disk lets some through: there it counts from the moment in which there is room again.
    const from = what === 'disk-full' ? overAt : at;
    if (from === null) continue;
    const after = dispatched.filter((row) => timeOf(row.dispatchedAt!) > from);
    const begun = after.flatMap((row) => witness.get(row.id) ?? []).map(({ begunAt }) => begunAt);
    if (after.length === 0 || begun.length === 0) continue;
    const next = Math.min(...after.map((row) => timeOf(row.dispatchedAt!)));
    found.push({ name: `${what}, next dispatch`, ms: next - from });
    found.push({ name: `${what}, next task begun`, ms: Math.min(...begun) - from });
  }
  for (const { run, row, cause } of repeats) {
    if (!cause) continue;
    const next = run.tasks.filter(({ name, attempt }) => name === row.name && attempt > row.attempt);
    const begun = next.flatMap(({ id }) => witness.get(id) ?? []).map(({ begunAt }) => begunAt);
    if (begun.length > 0)
      found.push({ name: `${cause.what}, lost task begun again`, ms: Math.min(...begun) - cause.at });
  }
  return found;
}
