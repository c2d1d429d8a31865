/** What a worker may have at most, whoever says so: the worker itself or a person. */
export const MAX_WORKER_SLOTS = 10_000;
export const MAX_WORKER_WEIGHT = 10_000;
