/**
 * Starts a run that is asked for in this process, without the way over its rows: it is filed by the unit that also
 * starts its first tasks, so that a start costs one commit instead of two and a read.
 *
 * D1 It resolves only when the run is durable: filed, with its command carried out.
 * D2 Whatever goes wrong, nothing is left in memory, and the caller can file the run as if nobody had tried: the ids are
 *    the same, so a run whose filing went through after all is not filed twice.
 * D3 It resolves after the first tasks are on their way: whoever asked is answered meanwhile, not before.
 */
import { AppError } from '@vaquita/core';
import type { Filing, MasterStore } from '@vaquita/store';
import type { RunRegistry } from '../bus/run-registry.ts';
import { eventOf } from './event-of.ts';

export interface DirectStartDeps {
  readonly store: Pick<MasterStore, 'loadDefinition'>;
  readonly runs: Pick<RunRegistry, 'begin'>;
  /** Runs later, when what is ready to be sent has been sent. */
  readonly defer: (run: () => void) => void;
}

/** @throws AppError when the run is not filed, as far as is known. */
export async function startDirectly({ store, runs, defer }: DirectStartDeps, filing: Filing): Promise<void> {
  const { instance, command } = filing;
  const definition = await store.loadDefinition(instance.workflowId, instance.version);
  if (definition === undefined) throw new AppError('conflict', 'The version of the workflow is no longer there.');
  await new Promise<void>((filed, failed) => {
    // The machine changes the row of its run; what is filed stays as it was asked for.
    const rows = { ...definition, instance: { ...instance }, tasks: [], outbox: [] };
    const begun = runs.begin(rows, { filing, filed: () => defer(filed), failed }, (bus) => bus.post(eventOf(command)));
    if (!begun) failed(new AppError('conflict', `The run ${instance.id} is known already, or nobody leads here.`));
  });
}
