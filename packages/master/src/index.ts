export type { PassReport } from './janitor/report.ts';
export { JANITOR_DEFAULTS, type JanitorSettings } from './janitor/settings.ts';
export { createMaster, type LeaderDuty, type Lease, type Master, type MasterDeps } from './master.ts';
export { CHECKS as RECONCILER_CHECKS } from './reconcile/findings.ts';
export { refuseForNow } from './sessions/follower-door.ts';
export type { Membership, MemberWorker } from './sessions/membership.ts';
export { type Logger, MASTER_DEFAULTS, type MasterSettings } from './settings.ts';
export type { LostServer } from './system/cluster-alerts.ts';
export type { TermStatus } from './term-status.ts';
