/**
 * What is done about one delivery to a webhook.
 *
 * D1 Nothing of a body is looked at, and nothing is filed, before its signature is known to be right.
 * D2 The record of the delivery and the run it starts are one unit, under a key that follows from what was signed: however often it
 *    comes, and to however many servers at once, it starts one run.
 * D3 What was refused for what the workflow is like now may be sent again; then it is looked at anew.
 */
import {
  AppError,
  formatDuration,
  type HookSignature,
  isSignedWith,
  isTimely,
  type NewRun,
  type Problem,
  parseGithubSignature,
  parseHookSignature,
  payloadParams,
  problemText,
  secretsInForce,
  type TriggerFiringRow,
  type TriggerRow,
  triggeredRun,
} from '@vaquita/core';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { parseJson } from '../http/body.ts';
import { openSecrets } from './hook-secrets.ts';
import { findStartTarget } from './start-target.ts';

export interface Delivery {
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Of the sender. */
  readonly address: string;
}

/** What a delivery is filed with. */
export interface FilingDeps extends Pick<ApiDeps, 'clock' | 'ids'> {
  readonly store: Pick<ApiStore, 'workflows'> & {
    readonly triggers: Pick<ApiStore['triggers'], 'fire'>;
    readonly firings: Pick<ApiStore['firings'], 'find'>;
  };
}

/** A delivery whose signature is right, with the key that follows from what was signed. */
export interface SignedDelivery {
  readonly delivery: Delivery;
  readonly signature: HookSignature;
  readonly key: string;
}

export type Webhook = TriggerRow & { readonly config: { readonly kind: 'webhook' } };

export function isWebhook(row: TriggerRow): row is Webhook {
  return row.config.kind === 'webhook';
}

/** @throws AppError `unauthenticated`: no right signature, or one of another time. */
export async function checkSignature(
  deps: ApiDeps,
  hook: Webhook,
  { headers, body }: Delivery,
): Promise<HookSignature> {
  const { clock } = deps;
  const { toleranceMs, github } = hook.config;
  const signature = readSignature(headers, github);
  const { timestamp } = signature;
  if (timestamp !== null && !isTimely(timestamp, toleranceMs, clock.now())) {
    const now = Math.floor(clock.now() / 1000);
    const most = formatDuration(toleranceMs);
    throw refused(
      `t=${timestamp} is more than ${most} from the time of this server, which is ${now}. Sign each delivery when it is sent, and look at the clock.`,
    );
  }
  const secrets = secretsInForce(await openSecrets(deps, hook), clock.now());
  if (await isSignedWith(signature, body, secrets)) return signature;
  const over = timestamp === null ? 'the body' : 't, a dot and the body, byte for byte,';
  throw refused(`The signature is not that of this delivery: it is the HMAC-SHA256 of ${over} with the secret.`);
}

function readSignature(headers: Headers, github: boolean): HookSignature {
  const [ours, theirs] = [headers.get('x-vaquita-signature'), headers.get('x-hub-signature-256')];
  const read =
    ours !== null ? parseHookSignature(ours) : theirs !== null && github ? parseGithubSignature(theirs) : null;
  if (read === null) {
    const also = theirs === null ? '' : ' Those of GitHub (x-hub-signature-256) are not taken by this webhook.';
    throw refused(`The header x-vaquita-signature is missing: t=<unix seconds>,v1=<hex>.${also}`);
  }
  if ('problem' in read) throw refused(read.problem);
  return read;
}

function refused(message: string): AppError {
  return new AppError('unauthenticated', message);
}

/**
 * Files a delivery whose signature is right. @returns the run; null for a ping of GitHub, which is to start none.
 * @throws AppError `conflict`: the webhook or its workflow is offline; `replayed`; `bad_request`: the workflow does not take the values.
 */
export async function fileDelivery(
  deps: FilingDeps,
  hook: Webhook,
  { delivery, signature, key }: SignedDelivery,
): Promise<NewRun | null> {
  const { store, clock } = deps;
  if (!hook.online)
    throw new AppError('conflict', `The webhook “${hook.name}” is offline. Put it online, and send it again.`);
  const { id, projectId, workflowId, revision } = hook;
  const about = { address: delivery.address };
  const firing = { triggerId: id, key, projectId, workflowId, about, chain: [], at: clock.now() };

  async function file(outcome: Pick<TriggerFiringRow, 'outcome' | 'reason'>, run: NewRun | null): Promise<void> {
    const workflowInstanceId = run?.instance.id ?? null;
    const fire = { trigger: { id, revision }, firing: { ...firing, ...outcome, workflowInstanceId }, run };
    const filed = await store.triggers.fire(fire);
    if (filed.answer === 'known') throw replayed(filed.firing);
    if (filed.answer === 'changed') {
      throw new AppError('conflict', 'The webhook or its workflow was changed at this moment. Send it again.');
    }
  }

  if (signature.timestamp === null && delivery.headers.get('x-github-event') === 'ping') {
    await file({ outcome: 'seen', reason: 'GitHub has tried whether it is heard.' }, null);
    return null;
  }
  const known = await store.firings.find(id, key);
  if (known && known.outcome !== 'refused') throw replayed(known);
  const made = await runOf(deps, hook, delivery);
  if ('run' in made) {
    await file({ outcome: 'run', reason: null }, made.run);
    return made.run;
  }
  await file({ outcome: 'refused', reason: problemText(made.problems) }, null);
  const [first] = made.problems;
  if (first?.path === 'workflow') throw new AppError('conflict', first.message);
  throw new AppError('bad_request', 'The workflow cannot be started with this.', { problems: made.problems });
}

async function runOf(
  deps: FilingDeps,
  hook: Webhook,
  { body }: Delivery,
): Promise<{ readonly run: NewRun } | { readonly problems: readonly Problem[] }> {
  const payload = readPayload(hook, body);
  if ('problem' in payload) return { problems: [{ path: 'body', message: payload.problem }] };
  const target = await findStartTarget(deps.store, hook);
  if ('problem' in target) return { problems: [{ path: 'workflow', message: target.problem }] };
  const now = deps.clock.now();
  const mapped = payloadParams(hook.config.mapping, payload.value);
  return triggeredRun(hook, target, { occasion: { mapped, businessTime: now, timezone: null }, ids: deps.ids, now });
}

/** Without a mapping a body may be anything. */
function readPayload(hook: Webhook, body: Uint8Array): { readonly value: unknown } | { readonly problem: string } {
  if (Object.keys(hook.config.mapping).length === 0) return { value: undefined };
  try {
    return { value: parseJson(body) };
  } catch (error) {
    return { problem: error instanceof AppError ? error.message : 'The body is not valid JSON.' };
  }
}

function replayed({ workflowInstanceId: run, at }: TriggerFiringRow): AppError {
  const what = run === null ? 'and started nothing' : `and started the run ${run}`;
  return new AppError(
    'replayed',
    `This delivery was taken at ${new Date(at).toISOString()} ${what}. Nothing more is done.`,
  );
}
