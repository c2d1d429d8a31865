/** The agent as a part: the server runs one in its own process. */
export { type Agent, type AgentEnd, type AgentOptions, startAgent } from './agent.ts';
export type { AgentHost, AgentLog } from './host.ts';
export { NO_LIMITS } from './load-guard.ts';
export { createNodeHost, type NodeHostOptions } from './node-host.ts';
