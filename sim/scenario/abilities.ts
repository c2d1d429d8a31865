/** What is drawn at all: a scenario may be held to a part of what the engine can do. */
import type { OperationKind, TaskKind } from './scenario.ts';

export interface Abilities {
  readonly operations: readonly OperationKind[];
  readonly kinds: readonly TaskKind['type'][];
  readonly taskGroups: boolean;
  readonly executionTypes: boolean;
  readonly dryRuns: boolean;
  /** Labels, declared worker groups, drains. */
  readonly placement: boolean;
  /** Alerts and listeners. */
  readonly tellings: boolean;
  /** Schedules and calendars. */
  readonly schedules: boolean;
  readonly backfills: boolean;
  readonly triggers: boolean;
}

export const ABILITIES: Abilities = {
  operations: [
    'stop',
    'stop',
    'pause',
    'pause',
    'resume',
    'resume',
    'recover_failed',
    'recover_failed',
    'rerun',
    'rerun_from',
    'retry',
    'kill_task',
    'force_success',
    'force_start',
    'approve_task',
    'reject_task',
    'signal',
  ],
  kinds: ['work', 'switch', 'conditions', 'sub_workflow', 'dynamic', 'dependent', 'approval', 'wait'],
  taskGroups: true,
  executionTypes: true,
  dryRuns: true,
  placement: true,
  tellings: true,
  schedules: true,
  backfills: true,
  triggers: true,
};
