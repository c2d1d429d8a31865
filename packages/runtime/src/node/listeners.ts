/** What listeners are given on Node, apart from the server's own parts: a thread that runs one loads no database. */
export { createLineFiles, type LineFiles } from './listeners/line-files.ts';
export { createGuard, type Guard } from './outbound/guard.ts';
export { createOutboundHttp, type OutboundHttp } from './outbound/http-client.ts';
export { chooseProxies, type ProxySettings } from './outbound/proxy-settings.ts';
export { systemClock } from './system.ts';
