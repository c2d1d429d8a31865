/** What people do about triggers, and whoever sends deliveries: again and elsewhere until he is answered. */
import {
  AppError,
  type IdSource,
  type ProjectId,
  type StartChoices,
  type TriggerConfig,
  type TriggerId,
  type TriggerRow,
  type WorkflowId,
} from '@vaquita/core';
import type { TriggerStore } from '@vaquita/store';
import type { Model } from '../model/model.ts';
import type { Operation, Scenario, TriggerOperation, TriggerSpec, WaitSpec } from '../scenario/scenario.ts';
import type { SentDelivery } from './hooks.ts';
import type { Meter } from './meter.ts';

export interface TriggerPeopleDeps {
  readonly scenario: Scenario;
  readonly ids: IdSource;
  /** Verbs about triggers, which may be broken. */
  readonly triggers: TriggerStore;
  readonly model: Model;
  readonly projectId: ProjectId;
  readonly workflowIds: ReadonlyMap<string, WorkflowId>;
  readonly now: () => number;
  readonly guard: (run: () => void) => void;
  readonly say: (line: string) => void;
  readonly note: Meter['note'];
  readonly name: (id: string, name: string) => void;
  /** The model is told what the record has. */
  readonly record: () => Promise<void>;
}

/** Asks a server, by its number. Undefined: there is no answer in time. */
export type Send = (server: number, sent: SentDelivery) => Promise<{ readonly error: unknown } | 'taken' | undefined>;

export interface TriggerPeople {
  operate(operation: TriggerOperation, outside: { readonly send: Send; pause(): Promise<void> }): Promise<void>;
}

const BY = 'sim';
const NO_SUCH_TASK = 'not-there';
/** Whoever is told no sends it again so many times. */
const MAX_REFUSALS = 3;

export function isAboutTriggers(operation: Operation): operation is Operation & TriggerOperation {
  return operation.do === 'trigger' || operation.do === 'deliver';
}

export function createTriggerPeople(deps: TriggerPeopleDeps): TriggerPeople {
  const { scenario, ids, triggers, model, projectId, workflowIds, now, guard, say, note, record } = deps;
  const triggerIds = new Map<string, TriggerId>();

  function configOf(waits: WaitSpec): TriggerConfig | undefined {
    if (waits.kind === 'webhook') return { kind: 'webhook', toleranceMs: 300_000, github: false, mapping: {} };
    const workflowId = workflowIds.get(waits.workflow);
    // Left out of a smaller scenario.
    if (workflowId === undefined) return undefined;
    const { on, backfills } = waits;
    return { kind: 'after_workflow', projectId, workflowId, on, backfills, mapping: {} };
  }

  async function create(spec: TriggerSpec): Promise<void> {
    const [workflowId, config] = [workflowIds.get(spec.workflow), configOf(spec.waits)];
    if (workflowId === undefined || config === undefined) return;
    const id = ids.next<'trigger'>() as TriggerId;
    const at = now();
    const start: StartChoices = {
      ...{ params: {}, startTasks: spec.broken ? [NO_SUCH_TASK] : [], scope: 'all', failureStrategy: null },
      ...{ priority: 'medium', workerGroup: null, alertOn: null, alertGroup: null, dryRun: false },
      ...{ timeoutMs: null, version: null },
    };
    const row: TriggerRow = {
      ...{
        id,
        projectId,
        workflowId,
        kind: config.kind,
        name: spec.name,
        description: '',
        config,
        secret: null,
        start,
      },
      ...{ online: spec.online, revision: 1, cursor: 0 },
      ...{ createdBy: BY, createdAt: at, updatedBy: BY, updatedAt: at },
    };
    triggerIds.set(spec.name, id);
    deps.name(id, spec.name);
    await triggers.create(row);
    model.triggers.created(id, { spec, workflowId });
  }

  async function change(spec: TriggerSpec, what: Extract<TriggerOperation, { do: 'trigger' }>['what']): Promise<void> {
    await record();
    const row = await triggers.find(triggerIds.get(spec.name) ?? '');
    if (what === 'create') return triggerIds.has(spec.name) ? undefined : create(spec);
    if (row === undefined) return;
    const { id } = row;
    const by = { by: BY, at: now() };
    say(`trigger ${spec.name}: ${what}`);
    note(`trigger_${what}`);
    switch (what) {
      case 'enable':
      case 'disable':
        if (await triggers.setOnline(id, what === 'enable', BY, by.at)) model.triggers.switched(id, what === 'enable');
        return;
      case 'describe':
        await triggers.update(row, { ...by, description: `${row.description}!` });
        model.triggers.described(id);
        return;
      case 'delete':
        await triggers.delete(id);
        model.triggers.deleted(id);
        return;
      case 'replan': {
        const config = configOf(spec.otherWaits);
        if (config === undefined) return;
        await triggers.update(row, { ...by, config });
        model.triggers.replanned(id, spec.otherWaits);
      }
    }
  }

  /** Nobody sends what nobody has taken for ever: who is told no gives up in the end. */
  async function deliver(sent: SentDelivery, server: number, { send, pause }: Outside): Promise<void> {
    for (let turn = server, refusals = 0; refusals < MAX_REFUSALS; turn++) {
      const answer = await send(turn, sent);
      const code = answer === undefined || answer === 'taken' ? answer : codeOf(answer.error);
      say(`delivery ${sent.key}: ${code ?? 'no answer'}`);
      if (code === 'taken' || code === 'replayed') {
        note(code === 'taken' ? 'delivery_taken' : 'delivery_replayed');
        guard(() => model.triggers.answered(sent.trigger, sent.key));
        return;
      }
      if (code === 'conflict' || code === 'bad_request' || code === 'not_found') {
        note('delivery_refused');
        refusals += 1;
      } else note('delivery_unanswered');
      await pause();
    }
  }

  return {
    async operate(operation, outside) {
      const spec = scenario.triggers.find(({ name }) => name === operation.trigger);
      if (!spec) return;
      if (operation.do === 'trigger') return change(spec, operation.what);
      const trigger = triggerIds.get(spec.name);
      if (trigger === undefined) return;
      const sent = { trigger, key: `delivery-${operation.delivery}` };
      const copies = Array.from({ length: operation.copies }, (_, copy) => operation.server + copy);
      await Promise.all(copies.map((server) => deliver(sent, server, outside)));
    },
  };
}

type Outside = Parameters<TriggerPeople['operate']>[1];

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'unavailable';
}
