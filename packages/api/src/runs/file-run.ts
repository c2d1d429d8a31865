/** Files a run so that it begins as soon as it can. */
import type { NewRun } from '@vaquita/core';
import type { AuditRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';

/** The leader starts the run at once when it is here. Otherwise the row waits for it, wherever it is. */
export async function fileRun(deps: ApiDeps, run: NewRun, audit: AuditRow): Promise<void> {
  try {
    await deps.begin({ ...run, audit });
  } catch {
    const { instance, command, event } = run;
    await createOnce(
      () => deps.store.instances.start(instance, command, event, audit),
      () => deps.store.instances.find(instance.id),
    );
    deps.nudge(command);
  }
  deps.changes.announce();
}
