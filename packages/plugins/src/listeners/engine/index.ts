/** The listener engine, for the assembly and the simulator. */
export type { ListenerEngineDeps } from './deps.ts';
export { createListenerEngine, type ListenerEngine, type ListenerReport } from './engine.ts';
export { LISTENER_DEFAULTS, type ListenerSettings } from './settings.ts';
