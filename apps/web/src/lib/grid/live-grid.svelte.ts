/**
 * The grid of a workflow that keeps up with its runs. The whole is asked for once; after that only runs that go on, are new, or
 * have ended since, each by itself.
 */
import { createQueries, createQuery, useQueryClient } from '@tanstack/svelte-query';
import { queries } from '#lib/data/queries.ts';
import { hasEnded } from '#lib/state/families.ts';
import { type Grid, gridOf } from './grid.ts';
import { gridQueries } from './grid-queries.ts';

export interface GridWish {
  readonly project: string;
  readonly workflow: string;
  readonly runs: number;
  /** Leads to older runs; undefined: the newest. */
  readonly cursor: string | undefined;
}

/** More than these are not followed one by one: then the whole is asked for again from time to time. */
const MOST_APART = 12;
const WHOLE_EVERY_MS = 5_000;

/** To be called while a component is set up. */
export function liveGrid(wish: () => GridWish) {
  const client = useQueryClient();
  const options = $derived.by(() => {
    const { project, workflow, runs, cursor } = wish();
    return gridQueries.grid(project, workflow, { runs, cursor });
  });
  const whole = createQuery(() => options);
  const newest = createQuery(() => {
    const { project, workflow, runs, cursor } = wish();
    return { ...queries.recentRuns({ project, workflow, limit: runs }), enabled: cursor === undefined };
  });

  const changed = $derived.by((): readonly string[] => {
    if (whole.data === undefined || whole.isPlaceholderData) return [];
    const states = new Map(whole.data.runs.map((run) => [run.id, run.state]));
    const oldest = whole.data.runs.at(-1)?.id ?? '';
    const heads = wish().cursor === undefined ? (newest.data?.items ?? []) : whole.data.runs;
    return heads
      .filter(({ id, state }) => id >= oldest && (!hasEnded(state) || states.get(id) !== state))
      .map(({ id }) => id);
  });
  const tooMany = $derived(changed.length > MOST_APART);
  $effect(() => {
    if (!tooMany) return;
    const { queryKey } = options;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey }), WHOLE_EVERY_MS);
    return () => clearInterval(timer);
  });

  const apart = createQueries(() => ({
    queries: changed.slice(0, MOST_APART).map((run) => gridQueries.column(wish().project, wish().workflow, run)),
  }));
  const grid = $derived.by((): Grid | undefined => {
    if (whole.data === undefined) return undefined;
    return gridOf(
      whole.data,
      apart.flatMap(({ data }) => data ?? []),
    );
  });

  return {
    whole,
    get grid() {
      return grid;
    },
  };
}
