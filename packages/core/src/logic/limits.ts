/** Runs that start runs that start runs: how deep that may go. */
export const MAX_LINEAGE = 20;
