/** How it stands with a trigger, and how a webhook is called. Pure. */
import type { TriggerView } from '@vaquita/client';
import { shellWord } from '../definition/equivalent.ts';

export type TriggerKind = TriggerView['kind'];
export type TriggerState = 'on' | 'off' | 'workflow_off' | 'problem';
export type Outcome = 'run' | 'seen' | 'refused';

export const TRIGGER_KINDS = ['webhook', 'after_workflow', 'file'] as const satisfies readonly TriggerKind[];
export const OUTCOMES = ['run', 'seen', 'refused'] as const satisfies readonly Outcome[];

/** What a parameter can be given of a file. */
export const FILE_FIELDS = ['path', 'name', 'folder', 'size', 'modified', 'etag', 'worker'] as const;

export const TRIGGER_FAMILY = {
  on: 'success',
  off: 'skipped',
  workflow_off: 'skipped',
  problem: 'failed',
} as const satisfies Record<TriggerState, string>;

export const OUTCOME_FAMILY = {
  run: 'success',
  seen: 'skipped',
  refused: 'failed',
} as const satisfies Record<Outcome, string>;

export function triggerState({
  online,
  workflowOnline,
  problem,
}: Pick<TriggerView, 'online' | 'workflowOnline' | 'problem'>): TriggerState {
  if (!online) return 'off';
  if (!workflowOnline) return 'workflow_off';
  return problem === null ? 'on' : 'problem';
}

/** A body that has a text at each of the paths, as far as they are plain. */
export function exampleBody(mapping: Readonly<Record<string, string>>): string {
  const root: Record<string, unknown> = {};
  for (const [param, path] of Object.entries(mapping)) {
    const names = /^\$((?:\.[\w-]+)+)$/.exec(path)?.[1]?.slice(1).split('.');
    if (names === undefined) continue;
    let at = root;
    for (const name of names.slice(0, -1)) {
      const there = Object.hasOwn(at, name) ? at[name] : undefined;
      const next = (typeof there === 'object' ? there : {}) as Record<string, unknown>;
      Object.defineProperty(at, name, { value: next, enumerable: true, configurable: true, writable: true });
      at = next;
    }
    Object.defineProperty(at, names.at(-1)!, { value: param, enumerable: true, configurable: true, writable: true });
  }
  return JSON.stringify(root);
}

/** Signs and sends a delivery from a POSIX shell with openssl and curl. */
export function asDelivery(address: string, secret: string, body: string): string {
  return [
    `SECRET=${shellWord(secret)}`,
    `BODY=${shellWord(body)}`,
    'T=$(date +%s)',
    `SIGNATURE=$(printf '%s.%s' "$T" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')`,
    `curl -X POST ${shellWord(address)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -H "x-vaquita-signature: t=$T,v1=$SIGNATURE" \\`,
    '  -d "$BODY"',
  ].join('\n');
}
