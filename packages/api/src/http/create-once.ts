import { AppError } from '@vaquita/core';

/**
 * Creates what a request asks for. A request may be repeated under its idempotency key and then asks for the same id again:
 * what is refused because it is there already under that very id is no conflict.
 *
 * @param find What there is under the id of this request.
 */
export async function createOnce(create: () => Promise<unknown>, find: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (thrown) {
    const isOurs = (await find()) !== undefined;
    if (!(thrown instanceof AppError) || !isOurs) throw thrown;
  }
}
