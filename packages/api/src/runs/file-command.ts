/** Files commands for the leader: the only way in which the API makes anything happen to a run. */
import type { CommandId, CommandKind, CommandRow, WorkflowInstanceRow } from '@vaquita/core';
import { sha256Hex } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';

export interface Order {
  readonly id: CommandId;
  readonly kind: CommandKind;
  readonly instance: WorkflowInstanceRow;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly by: string;
}

export async function fileCommands(deps: ApiDeps, orders: readonly Order[]): Promise<void> {
  if (orders.length === 0) return;
  const createdAt = deps.clock.now();
  const rows = orders.map(
    ({ id, kind, instance, payload, by }): CommandRow => ({
      id,
      kind,
      workflowInstanceId: instance.id,
      payload: payload ?? {},
      priority: instance.priority,
      createdBy: by,
      createdAt,
    }),
  );
  await deps.store.commands.fileAll(rows);
  deps.nudge();
}

/**
 * True when this very request has filed its command before and the server died before it could answer: the run may have
 * moved on because of it, and that is no reason to refuse.
 */
export async function wasFiled({ store }: ApiDeps, id: CommandId): Promise<boolean> {
  return (await store.commands.outcome(id)) !== undefined;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARS = 10;

/** The id of a bulk request's command for one run: the same again when the request is repeated, whatever else matches. */
export async function commandIdFor(request: CommandId, instanceId: string): Promise<CommandId> {
  const digest = await sha256Hex(`${request} ${instanceId}`);
  let text = request.slice(0, TIME_CHARS);
  for (let at = 0; text.length < request.length; at += 2) {
    text += ALPHABET[Number.parseInt(digest.slice(at, at + 2), 16) % ALPHABET.length];
  }
  return text as CommandId;
}
