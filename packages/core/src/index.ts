export * from './access/roles.ts';
export { addressed, type Sender } from './alerts/addressed.ts';
export * from './alerts/alert.ts';
export {
  CLUSTER_ALERT_KINDS,
  type ClusterAlertKind,
  type ClusterAlertSpec,
  clusterAlert,
} from './alerts/cluster-alert.ts';
export * from './alerts/message.ts';
export * from './alerts/queue.ts';
export { ALERT_SEVERITY } from './alerts/severities.ts';
export {
  type Closure,
  type ClosureWorkflow,
  closureOf,
  type LeftOut,
  type MemberAsk,
  type PlannedMember,
} from './backfill/closure.ts';
export * from './backfill/estimate.ts';
export { backfillRun, choicesFor } from './backfill/item-run.ts';
export * from './backfill/plan.ts';
export * from './backfill/progress.ts';
export * from './backfill/rows.ts';
export { shownItemState, stateOfRun } from './backfill/shown-state.ts';
export { type CutRange, type CutTimes, cutRange, parseMoment } from './backfill/times.ts';
export {
  type CalendarChoice,
  type CalendarObjection,
  calendarHolds,
  calendarSays,
} from './calendars/calendar-says.ts';
export { checkCalendarEntries, inCalendarOrder, MAX_CALENDAR_ENTRIES } from './calendars/check-calendar.ts';
export { ICS_YEARS, type IcsReading, readIcs } from './calendars/ics/read-ics.ts';
export * from './calendars/rows.ts';
export { createOneAtATime, type OneAtATime } from './concurrency/one-at-a-time.ts';
export { type AppliedDataSource, applyDataSource } from './data-sources/apply-data-source.ts';
export { checkDataSource } from './data-sources/check-data-source.ts';
export {
  DATA_SOURCE_KINDS,
  type DataSourceKind,
  dataSourceJsonSchema,
  dataSourceKind,
  isFile as isDatabaseFile,
  pathOfFile as pathOfDatabaseFile,
} from './data-sources/kinds.ts';
export { type OpenedDataSource, openDataSource } from './data-sources/open-data-source.ts';
export { type DataSourceProbe, probeOf } from './data-sources/probe.ts';
export type * from './data-sources/rows.ts';
export * from './definition/bundle.ts';
export * from './definition/compile.ts';
export * from './definition/definition.ts';
export { canonicalJson, formatWorkflowYaml } from './definition/format.ts';
export { checkName, MAX_NAME_LENGTH } from './definition/names.ts';
export { MAX_DEFINITION_BYTES, parseWorkflowText } from './definition/parse-text.ts';
export type { DefinitionOptions } from './definition/read-document.ts';
export { checkShape } from './definition/shape-problems.ts';
export { type HttpConfig, isExpectedStatus } from './definition/task-types/http.ts';
export type { NodeConfig } from './definition/task-types/node.ts';
export type { NoopConfig } from './definition/task-types/noop.ts';
export * from './definition/task-types/registry.ts';
export type { ShellConfig } from './definition/task-types/shell.ts';
export type { SqlConfig } from './definition/task-types/sql.ts';
export type { TaskType } from './definition/task-types/task-type.ts';
export * from './dependencies/written-links.ts';
export {
  checkEnvironmentVariables,
  checkSecretValue,
  MAX_ENVIRONMENT_VARIABLES,
  MAX_SECRET_BYTES,
  MIN_MASKED_CHARS,
} from './environments/check-environment.ts';
export * from './environments/open-environment.ts';
export type * from './environments/rows.ts';
export * from './errors/app-error.ts';
export * from './errors/codes.ts';
export * from './errors/did-you-mean.ts';
export { type Forecast, type ForecastedRun, forecast, type HourlyLoad } from './forecast/forecast.ts';
export type * from './forecast/past-workflow.ts';
export * from './graph/logical-graph.ts';
export * from './history/event-data.ts';
export * from './history/moment.ts';
export * from './history/replay.ts';
export { sha256Hex } from './identity/digest.ts';
export * from './identity/ids.ts';
export * from './listeners/engine-store.ts';
export * from './listeners/event.ts';
export * from './listeners/from-record.ts';
export * from './listeners/host.ts';
export * from './listeners/listener.ts';
export * from './listeners/payloads.ts';
export * from './listeners/ports.ts';
export { childrenOf } from './logic/children.ts';
export * from './logic/conditions.ts';
export * from './logic/configs.ts';
export * from './logic/dependent.ts';
export { DEPENDENCY_RANGES, dependencyIntervals } from './logic/dependent-ranges.ts';
export { dynamicOutputs, expandItems } from './logic/dynamic.ts';
export { checkExpression, evaluateCondition } from './logic/expression.ts';
export { decideSwitch, type SwitchDecision } from './logic/switch.ts';
export { type WaitMoment, type WaitTarget, waitTarget } from './logic/wait.ts';
export {
  automaticRun,
  type StartOccasion,
  type StartTarget,
} from './machine/automatic-run.ts';
export { checkStart, type StartCheck, type WantedStart } from './machine/check-start.ts';
export { type Driver, driversOf, type NeededDriver } from './machine/drivers.ts';
export * from './machine/effects.ts';
export * from './machine/events.ts';
export { allInputs } from './machine/inputs.ts';
export { checkInvariants } from './machine/invariants.ts';
export {
  DEFAULT_WORKER_GROUP,
  MACHINE_DEFAULTS,
  type MachineSettings,
  type RunChangeSet,
  type TransitionContext,
  takeChanges,
} from './machine/ledger.ts';
export { type NewRun, newRun, type RunChoices } from './machine/new-run.ts';
export * from './machine/origin.ts';
export { outputsOfTasks } from './machine/outputs-of-tasks.ts';
export { quarantineAlert } from './machine/quarantine-alert.ts';
export * from './machine/reason-codes.ts';
export { rootCause } from './machine/reasons.ts';
export * from './machine/rows.ts';
export { type NodeOutcome, type Run, type RunNode, rebuildRun } from './machine/run.ts';
export type { StartChoices } from './machine/start-choices.ts';
export * from './machine/states.ts';
export { TASK_TABLE, type TaskCommand, whyTaskRefused } from './machine/task-machine.ts';
export { resumeRun, type TransitionResult, transition } from './machine/transition.ts';
export { type RunCommand, WORKFLOW_TABLE, whyRefused } from './machine/workflow-machine.ts';
export { type IpAddress, type IpRange, isInRange, parseIp, parseIpRange, unmapped } from './network/address.ts';
export { notPublic } from './network/public-address.ts';
export * from './params/built-ins.ts';
export * from './params/env.ts';
export * from './params/file-reference.ts';
export { createOutputReader, type OutputReader } from './params/output-reader.ts';
export * from './params/outputs.ts';
export * from './params/placeholder.ts';
export * from './params/precedence.ts';
export * from './params/start-params.ts';
export * from './params/time-expression.ts';
export * from './params/values.ts';
export { isTimezone } from './params/wall-time.ts';
export { checkPlan, type PlanCheck, type PlanProblem } from './schedule/check-plan.ts';
export { type ClockChange, type ClockMark, offsetText, zonedText } from './schedule/clock-changes.ts';
export type { CronExpression, CronField, CronProblem, CronReading, SpecialDay } from './schedule/cron.ts';
export type { CronDialect, CronFieldName } from './schedule/cron-fields.ts';
export { CRON_CYCLES, type CronCycle, longestCycle, shortestCycle } from './schedule/cycle.ts';
export {
  decideSchedule,
  dueAfter,
  type ScheduleDecision,
  type ScheduleQuestion,
} from './schedule/decide.ts';
export { type DescriptionLanguage, describeCron, describeInterval } from './schedule/describe/describe.ts';
export { actAt } from './schedule/jitter.ts';
export { parseCron } from './schedule/parse-cron.ts';
export { timesOfPlan } from './schedule/plan-times.ts';
export {
  type Previewed,
  type PreviewedChange,
  type PreviewedFire,
  previewClockChanges,
  previewFires,
  whySkipped,
} from './schedule/preview.ts';
export { decideRemains, type RemainsDecision, type RemainsQuestion } from './schedule/remains.ts';
export * from './schedule/rows.ts';
export * from './schedule/schedule-times.ts';
export { DST_POLICIES, type DstPolicy, type ZonedCron } from './schedule/zoned-search.ts';
export * from './sealing/sealer.ts';
export * from './sealing/secret-key.ts';
export * from './time/clock.ts';
export * from './time/duration.ts';
export * from './time/random.ts';
export { checkTriggerConfig } from './triggers/check-trigger.ts';
export { isObjectAddress, MAX_FILE_PATH, whyNoFilePath } from './triggers/file-path.ts';
export { type HookSecrets, newHookSecret, rotateSecrets, secretsInForce } from './triggers/hook-secret.ts';
export {
  deliveryKey,
  type HookSignature,
  isSignedWith,
  isTimely,
  parseGithubSignature,
  parseHookSignature,
} from './triggers/hook-signature.ts';
export { type MappedParams, outputParams, payloadParams } from './triggers/mapped-params.ts';
export * from './triggers/rows.ts';
export { type LookNumbers, settle, type Waiting } from './triggers/settling.ts';
export { aboutThing, FILE_FIELDS, type FileField, type FoundThing, fileParams, thingKey } from './triggers/things.ts';
export {
  END_STATES,
  isAwaitedEnd,
  problemText,
  type TriggerOccasion,
  triggeredRun,
  whyChainEnds,
} from './triggers/triggered-run.ts';
export * from './workers/balancing-policy.ts';
export * from './workers/labels.ts';
export * from './workers/limits.ts';
