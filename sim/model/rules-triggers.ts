/** Rules of single firings, by the numbers of the duty. */
import type { TriggerFiringRow, WorkflowInstanceRow } from '@vaquita/core';
import { Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';
import type { EndFact, FireFact, TriggerFacts } from './trigger-facts.ts';

type Rule = 'follows' | 'rings' | 'deliveries';

export function wrong(rule: Rule, { id }: Pick<TriggerFacts, 'id'>, what: string): Violation {
  return new Violation(rule, `the trigger ${id} ${what}`);
}

export interface TriggerWorld {
  readonly mirror: Mirror;
  /** What has started a run, if a trigger has. */
  firingOf(run: string): TriggerFiringRow | undefined;
  /** The workflow may have been seen offline, by whoever has looked within the last while. */
  wasOffline(workflowId: string): boolean;
}

/** F4 */
export function checkRead(rule: Rule, trigger: TriggerFacts, { trigger: read }: FireFact): void {
  if (!trigger.online || trigger.deleted || trigger.revision !== read.revision)
    throw wrong(rule, trigger, 'fires, and is not online as it was read');
}

/** F1: where there is a run it is filed with the firing, and it is of this trigger. */
export function checkStarted(rule: Rule, trigger: TriggerFacts, { firing, run }: FireFact): void {
  const { outcome, reason, workflowInstanceId } = firing;
  const started = run?.instance;
  if ((outcome === 'run') !== (started !== undefined) || (started?.id ?? null) !== workflowInstanceId)
    throw wrong(rule, trigger, `says ${outcome} of ${firing.key}, and starts ${started?.id ?? 'nothing'}`);
  if (outcome !== 'run' && reason === null) throw wrong(rule, trigger, `refuses ${firing.key} without a reason`);
  if (!started) return;
  const isIts = started.originKind === 'trigger' && started.originId === trigger.id;
  if (!isIts || started.workflowId !== trigger.workflowId || trigger.spec.broken)
    throw wrong(rule, trigger, `starts ${started.id}, which is not its run`);
}

/** F5, F6: what would go round is not started, and what is not started has its reason. */
export function checkChain(
  world: TriggerWorld,
  trigger: TriggerFacts,
  { end, fire }: { readonly end: EndFact; readonly fire: FireFact },
): void {
  const { firing, run } = fire;
  const ended = world.mirror.runs.get(end.run)!.row;
  const chain = chainOf(world, ended);
  if (chain.join(' ') !== firing.chain.join(' '))
    throw wrong('rings', trigger, `says that ${firing.chain.join(', ')} led to it, and it was ${chain.join(', ')}`);
  const goesRound = chain.includes(trigger.workflowId);
  if (run && goesRound) throw wrong('rings', trigger, `starts ${run.instance.id}, and would go round for ever`);
  if (run && run.instance.businessTime !== ended.businessTime)
    throw wrong('follows', trigger, `starts ${run.instance.id} for another time than that of ${end.run}`);
  if (run || goesRound) return;
  checkRefused(world, trigger, firing);
}

/** F6 */
export function checkRefused(world: TriggerWorld, trigger: TriggerFacts, { key, reason }: TriggerFiringRow): void {
  if (!trigger.spec.broken && !world.wasOffline(trigger.workflowId))
    throw wrong('follows', trigger, `refuses ${key} for no reason: ${reason}`);
}

/** Workflows whose runs led to this end, by triggers and as parents; its own is the last. */
function chainOf({ mirror, firingOf }: TriggerWorld, run: WorkflowInstanceRow): readonly string[] {
  const up: string[] = [];
  let root = run;
  for (let parent = run.parentInstanceId; parent !== null; parent = root.parentInstanceId) {
    const found = mirror.runs.get(parent);
    if (!found) break;
    root = found.row;
    up.unshift(root.workflowId);
  }
  return [...(firingOf(root.id)?.chain ?? []), ...up, run.workflowId];
}
