/**
 * Texts that only some pages need. Their English comes with those pages, so that the frame of every page stays small;
 * another language brings them in its own chunk, which is loaded before anything is shown.
 */
import { i18n } from '../i18n.svelte.ts';
import type { AlertPolicyMessages } from './en-alert-policy.ts';
import type { AlertTargetMessages } from './en-alert-targets.ts';
import type { AlertMessages } from './en-alerts.ts';
import type { AttentionMessages } from './en-attention.ts';
import type { AuditMessages } from './en-audit.ts';
import type { BackfillMessages } from './en-backfills.ts';
import type { BulkMessages } from './en-bulk.ts';
import type { CalendarMessages } from './en-calendars.ts';
import type { CompareMessages } from './en-compare.ts';
import type { ControlMessages } from './en-control.ts';
import type { DependencyMessages } from './en-dependencies.ts';
import type { EditorMessages } from './en-editor.ts';
import type { EnvironmentMessages } from './en-environments.ts';
import type { FileTriggerMessages } from './en-file-triggers.ts';
import type { ForecastMessages } from './en-forecast.ts';
import type { FormMessages } from './en-forms.ts';
import type { GraphViewMessages } from './en-graph-view.ts';
import type { GridMessages } from './en-grid.ts';
import type { GroupMessages } from './en-groups.ts';
import type { GuideMessages } from './en-guide.ts';
import type { HelpMessages } from './en-help.ts';
import type { LeaveMessages } from './en-leave.ts';
import type { ListenerMessages } from './en-listeners.ts';
import type { LogMessages } from './en-log.ts';
import type { LoginMessages } from './en-login.ts';
import type { MachineMessages } from './en-machine.ts';
import type { MomentMessages } from './en-moment.ts';
import type { OverviewMessages } from './en-overview.ts';
import type { PaletteMessages } from './en-palette.ts';
import type { PastMessages } from './en-past.ts';
import type { PeopleMessages } from './en-people.ts';
import type { RunListMessages } from './en-run-list.ts';
import type { RunLogMessages } from './en-run-log.ts';
import type { ScheduleFormMessages } from './en-schedule-form.ts';
import type { ScheduleMessages } from './en-schedules.ts';
import type { SchemaMessages } from './en-schema.ts';
import type { SearchMessages } from './en-search.ts';
import type { StartMessages } from './en-start.ts';
import type { SystemMessages } from './en-system.ts';
import type { TaskEditorMessages } from './en-task-editor.ts';
import type { TaskTypeMessages } from './en-task-types.ts';
import type { TokensMessages } from './en-tokens.ts';
import type { TriggerMessages } from './en-triggers.ts';
import type { VersionMessages } from './en-versions.ts';
import type { WorkerGroupMessages } from './en-worker-groups.ts';
import type { WorkerMessages } from './en-workers.ts';
import type { WorkflowPageMessages } from './en-workflow-page.ts';
import type { WorkflowScheduleMessages } from './en-workflow-schedules.ts';

export interface LateMessages {
  readonly schema: SchemaMessages;
  readonly listeners: ListenerMessages;
  readonly attention: AttentionMessages;
  readonly audit: AuditMessages;
  readonly backfills: BackfillMessages;
  readonly bulk: BulkMessages;
  readonly alertPolicy: AlertPolicyMessages;
  readonly alertTargets: AlertTargetMessages;
  readonly forms: FormMessages;
  readonly alerts: AlertMessages;
  readonly compare: CompareMessages;
  readonly control: ControlMessages;
  readonly dependencies: DependencyMessages;
  readonly editor: EditorMessages;
  readonly environments: EnvironmentMessages;
  readonly graphView: GraphViewMessages;
  readonly grid: GridMessages;
  readonly groups: GroupMessages;
  readonly guide: GuideMessages;
  readonly help: HelpMessages;
  readonly leave: LeaveMessages;
  readonly log: LogMessages;
  readonly login: LoginMessages;
  readonly machine: MachineMessages;
  readonly moment: MomentMessages;
  readonly overview: OverviewMessages;
  readonly palette: PaletteMessages;
  readonly people: PeopleMessages;
  readonly past: PastMessages;
  readonly calendars: CalendarMessages;
  readonly fileTriggers: FileTriggerMessages;
  readonly forecast: ForecastMessages;
  readonly runList: RunListMessages;
  readonly runLog: RunLogMessages;
  readonly scheduleForm: ScheduleFormMessages;
  readonly schedules: ScheduleMessages;
  readonly search: SearchMessages;
  readonly start: StartMessages;
  readonly system: SystemMessages;
  readonly taskEditor: TaskEditorMessages;
  readonly taskTypes: TaskTypeMessages;
  readonly tokens: TokensMessages;
  readonly triggers: TriggerMessages;
  readonly versions: VersionMessages;
  readonly workerGroups: WorkerGroupMessages;
  readonly workers: WorkerMessages;
  readonly workflowPage: WorkflowPageMessages;
  readonly workflowSchedules: WorkflowScheduleMessages;
}

/** Reactive where it is read: `late('control', enControl).run.pause`. */
export function late<Part extends keyof LateMessages>(part: Part, english: LateMessages[Part]): LateMessages[Part] {
  return i18n.m.late?.[part] ?? english;
}
