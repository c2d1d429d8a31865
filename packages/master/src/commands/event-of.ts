/** What a command row says to the machine of its run. Payloads were checked when the command was filed. */
import type { CommandRow, LifecycleEvent, TaskInstanceId } from '@vaquita/core';

export function eventOf(command: CommandRow): LifecycleEvent {
  const { id: commandId, createdBy: by, payload } = command;
  const ordered = { commandId, by };
  switch (command.kind) {
    case 'start':
      return { type: 'StartWorkflow', commandId };
    case 'pause':
      return { type: 'PauseWorkflow', ...ordered };
    case 'resume':
      return { type: 'ResumeWorkflow', ...ordered };
    case 'stop':
      return { type: 'StopWorkflow', ...ordered };
    case 'recover_failed':
      return { type: 'RecoverFailed', ...ordered };
    case 'rerun':
      return { type: 'RerunWorkflow', ...ordered };
    case 'rerun_from':
      return { type: 'RerunFrom', ...ordered, tasks: texts(payload.tasks), params: values(payload.params) };
    case 'retry':
      return { type: 'RetryWorkflow', ...ordered };
    case 'signal':
      return { type: 'SignalReceived', ...ordered, name: text(payload.name), outputs: values(payload.outputs) };
    case 'kill_task':
      return { type: 'KillTask', ...ordered, taskInstanceId: task(payload) };
    case 'force_success':
      return { type: 'ForceSuccess', ...ordered, taskInstanceId: task(payload) };
    case 'force_start':
      return { type: 'ForceStart', ...ordered, taskInstanceId: task(payload) };
    case 'approve_task':
      return { type: 'ApproveTask', ...ordered, taskInstanceId: task(payload), comment: text(payload.comment) };
    case 'reject_task':
      return { type: 'RejectTask', ...ordered, taskInstanceId: task(payload), comment: text(payload.comment) };
  }
}

function task(payload: CommandRow['payload']): TaskInstanceId {
  return text(payload.taskInstanceId) as TaskInstanceId;
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function values(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, text(entry)]));
}
