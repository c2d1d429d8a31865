/** What the engine has done since this process began. */
export const ALERT_COUNTS = [
  'taken',
  'folded',
  'untold',
  'sent',
  'retried',
  'failed',
  'stopped',
  'recovered',
  'purged',
] as const;
export type AlertCount = (typeof ALERT_COUNTS)[number];

export interface AlertCounts {
  add(what: AlertCount, count?: number): void;
  report(): Readonly<Record<AlertCount, number>>;
}

export function createAlertCounts(): AlertCounts {
  const counts: Record<AlertCount, number> = {
    ...{ taken: 0, folded: 0, untold: 0, sent: 0, retried: 0, failed: 0, stopped: 0, recovered: 0, purged: 0 },
  };
  return {
    add(what, count = 1) {
      counts[what] += count;
    },
    report: () => ({ ...counts }),
  };
}
