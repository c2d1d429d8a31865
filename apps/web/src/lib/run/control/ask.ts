/**
 * Sends what somebody asked for. The page then shows nothing that has not happened: the state changes when the stream
 * says so. The leader has the last word, so the answer is followed until it is known, and a late refusal is told.
 */
import { type ActionAnswer, ApiError, type PostOptions } from '@vaquita/client';
import { api } from '#lib/data/api.ts';
import { enControl } from '#lib/i18n/late/en-control.ts';
import { late } from '#lib/i18n/late/late.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** A leader that is changing takes seconds; after these the run itself shows how it went. */
const LOOK_AFTER_MS = [300, 700, 1_500, 3_000, 6_000];

/**
 * @param onRefused told when the leader, after all, did not do it.
 * @throws ApiError with the reason when it is refused at once.
 */
export async function ask(
  send: (options: PostOptions) => Promise<ActionAnswer>,
  said: string,
  onRefused: (error: ApiError) => void,
): Promise<void> {
  const { operationId } = await send({ idempotencyKey: crypto.randomUUID?.() });
  toasts.say(said);
  void follow(operationId, onRefused).catch(() => {});
}

async function follow(operationId: string, onRefused: (error: ApiError) => void): Promise<void> {
  for (const delayMs of LOOK_AFTER_MS) {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const { state, outcome } = await api.instances.operation(operationId);
    if (state === 'done') return;
    if (state === 'rejected') {
      const title = late('control', enControl).refused(outcome ?? '');
      onRefused(new ApiError({ status: 409, code: 'conflict', title, detail: title }));
      return;
    }
  }
}
