/** Stays until the leader has carried out what was asked. */
import type { OperationView, VaquitaClient } from '@vaquita/client';
import type { CommandIo, OptionSpec } from './command.ts';

const LOOK_EVERY_MS = 200;

export const WAIT_OPTION = {
  wait: { type: 'boolean', help: 'Stay until the leader has carried it out; the exit code tells whether it did' },
} as const satisfies Record<string, OptionSpec>;

/** How it ended; pending when the person did not want to wait any longer. */
async function awaitOperation(client: VaquitaClient, id: string, io: CommandIo): Promise<OperationView> {
  while (true) {
    const operation = await client.instances.operation(id, { signal: io.signal });
    if (operation.state !== 'pending' || io.signal.aborted) return operation;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}

/**
 * Waits for each, and says which were not carried out after all.
 * @returns whether all were.
 */
export async function awaitAll(
  client: VaquitaClient,
  asked: readonly { readonly name: string; readonly operationId: string }[],
  io: CommandIo,
): Promise<boolean> {
  let all = true;
  for (const { name, operationId } of asked) {
    const { state, outcome } = await awaitOperation(client, operationId, io);
    if (state === 'rejected') io.print(`rejected  ${name}  ${outcome ?? ''}`.trimEnd());
    all &&= state === 'done';
  }
  return all;
}
