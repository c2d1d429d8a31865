/** Events and contexts for tests of listeners. */
import type { ListenerEvent, ListenerInstanceRow, ProjectId } from '@vaquita/core';
import type { ListenerContext } from '../listeners/listener-plugin.ts';

export function sampleEvent(seq = 1, changes: Partial<ListenerEvent> = {}): ListenerEvent {
  return {
    id: `01J0EVENT${String(seq).padStart(8, '0')}`,
    seq,
    type: 'workflow.failed',
    version: 1,
    time: Date.UTC(2026, 10, 21, 7, 0, 0, 5),
    project: { id: '01J0PROJECT' as ProjectId, name: 'Bücher & "mehr"' },
    subject: 'workflow/orders/run/12',
    data: { state: 'failure', reason: 'exit code 2\nand more', n: seq },
    ...changes,
  };
}

export interface TestContext extends ListenerContext {
  readonly control: AbortController;
}

export function sampleContext(settings: Readonly<Record<string, unknown>>): TestContext {
  const control = new AbortController();
  return {
    instance: { id: '01J0INSTANCE' as ListenerInstanceRow['id'], name: 'watcher' },
    settings,
    signal: control.signal,
    control,
    log: () => {},
    state: new Map(),
  };
}
