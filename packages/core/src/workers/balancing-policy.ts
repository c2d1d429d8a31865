/** How a worker group chooses among its workers that have a free slot. */
export const BALANCING_POLICIES = [
  'round_robin',
  'random',
  'fixed_weighted',
  'dynamic_weighted',
  'least_loaded',
] as const;
export type BalancingPolicy = (typeof BALANCING_POLICIES)[number];

/** Of groups that nobody has declared. */
export const DEFAULT_BALANCING_POLICY: BalancingPolicy = 'round_robin';
