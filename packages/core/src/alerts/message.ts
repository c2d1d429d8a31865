/** What an alert says, in words that every channel can show. Plain text throughout: a channel escapes it for its own markup. */

export const ALERT_KINDS = [
  'workflow_succeeded',
  'workflow_failed',
  'workflow_timed_out',
  'workflow_blocked',
  'workflow_quarantined',
  'task_failed',
  'task_timed_out',
  'queue_wait_missed',
  'deadline_missed',
  'worker_lost',
  'server_lost',
  'failover',
  'admission_closed',
  'listener_stopped',
  'test',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ALERT_SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

export interface AlertMessage {
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  /** `resolved` takes back what was said of the same subject before. */
  readonly state: 'open' | 'resolved';
  /**
   * What it is about, the same for every alert of it and for its resolution, such as `workflow_failed:<workflow id>`.
   * Channels that hold incidents tell them apart by it. At most 255 characters.
   */
  readonly subject: string;
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** A small table, in order. */
  readonly facts: readonly AlertFact[];
  readonly links: readonly AlertLink[];
  /** For programs that route: names as in Prometheus, values that stay the same for one subject. */
  readonly labels: Readonly<Record<string, string>>;
  /** The server it comes from, by the address or name that people know. Empty while it is filed (`addressed`). */
  readonly source: string;
  /** How many alerts were folded into this one; 1: it is alone. */
  readonly count: number;
  /** Epoch milliseconds, of the first and the last of them. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface AlertFact {
  readonly name: string;
  readonly value: string;
}

export interface AlertLink {
  readonly title: string;
  /** http or https. While it is filed it may be a path such as `/go/r/…`, because only who sends it knows the address. */
  readonly url: string;
}
