/** What balancing looks at in a worker. */
export interface Load {
  /** As the worker says; above 0. */
  readonly weight: number;
  readonly slots: number;
  readonly slotsUsed: number;
  /** Fractions of the machine, by the newest heartbeat; null where the platform does not tell. */
  readonly cpu: number | null;
  readonly memory: number | null;
}

/** How much the parts of the load count, of 100: those of Apache DolphinScheduler 3.2. */
const CPU_PART = 30;
const MEMORY_PART = 30;
const SLOTS_PART = 40;

export function slotShare({ slots, slotsUsed }: Pick<Load, 'slots' | 'slotsUsed'>): number {
  return slots === 0 ? 1 : slotsUsed / slots;
}

/**
 * The weight of a worker, lessened by what its machine and its slots are busy with: all of it when idle, two thirds of it
 * when nothing is left. What is not known counts as idle.
 */
export function dynamicWeight(load: Load): number {
  const busy = CPU_PART * (load.cpu ?? 0) + MEMORY_PART * (load.memory ?? 0) + SLOTS_PART * slotShare(load);
  return (load.weight * (100 - busy / 3)) / 100;
}
