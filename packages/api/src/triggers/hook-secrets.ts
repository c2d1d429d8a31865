/** Secrets of webhooks, sealed with the id of their trigger. */
import { AppError, type HookSecrets, type TriggerRow } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';

export function sealSecrets({ sealer }: Pick<ApiDeps, 'sealer'>, id: TriggerRow['id'], secrets: HookSecrets) {
  return sealer.seal(id, JSON.stringify(secrets));
}

/** @throws AppError `bad_settings` without the key it was sealed with. */
export async function openSecrets({ sealer }: Pick<ApiDeps, 'sealer'>, row: TriggerRow): Promise<HookSecrets> {
  if (row.secret === null) throw new AppError('internal', `The webhook ${row.id} has no secret. Make it a new one.`);
  return JSON.parse(await sealer.open(row.id, row.secret)) as HookSecrets;
}
