/** The policies there are, in the order in which they are shown. */
import type { SchedulePlanView } from '@vaquita/client';

export type MisfirePolicy = SchedulePlanView['misfire']['policy'];
export type OverlapPolicy = SchedulePlanView['overlap']['policy'];
export type DstPolicy = NonNullable<SchedulePlanView['dst']>;

export const MISFIRE_POLICIES = ['none', 'last', 'all'] as const satisfies readonly MisfirePolicy[];
export const OVERLAP_POLICIES = ['parallel', 'skip', 'queue', 'cancel_old'] as const satisfies readonly OverlapPolicy[];
export const DST_POLICIES = ['skip', 'run_once', 'run_both'] as const satisfies readonly DstPolicy[];
