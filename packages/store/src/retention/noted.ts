/** How often what goes on as it was is noted down: that a file is still there, that somebody still looks. */

export const NOTED_AGAIN_MS = 86_400_000;
