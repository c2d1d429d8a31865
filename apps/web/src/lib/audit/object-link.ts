/** Where the thing is that a record of the audit log is about; undefined when it has no page, or is gone. */
import type { AuditView } from '@vaquita/client';
import { routeFor } from '#lib/routes/route-for.ts';

type Find = (subject: string, id: string, entry: AuditView) => string | undefined;

/** By the first word of the action. */
const PLACES: Readonly<Record<string, Find>> = {
  project: (subject) => routeFor.workflows(subject),
  workflow: (subject, id, { action }) => {
    if (action === 'workflow.start') return id === '' ? undefined : routeFor.anyRun(id);
    const [project, ...rest] = subject.split('/');
    if (rest.length === 0) return undefined;
    const to = action === 'workflow.update' ? routeFor.workflowVersions : routeFor.workflow;
    return to(project!, rest.join('/'));
  },
  workflow_instance: (_, id) => (id === '' ? undefined : routeFor.anyRun(id)),
  schedule: (_, id) => (id === '' ? undefined : routeFor.schedule(id)),
  trigger: (_, id) => (id === '' ? undefined : routeFor.trigger(id)),
  backfill: (subject) => routeFor.backfill(subject),
  calendar: (subject) => routeFor.calendar(subject),
  alert: (_, id) => (id === '' ? undefined : routeFor.alert(id)),
  alert_channel: () => routeFor.alertChannels(),
  alert_group: (subject) => routeFor.alertGroups({ group: subject }),
  listener: (subject) => routeFor.listener(subject),
  listener_plugin: () => routeFor.listenerPlugins(),
  worker: () => routeFor.workers(),
  worker_group: (subject) => routeFor.workersOf(subject),
  environment: (_, id) => (id === '' ? undefined : routeFor.environments({ show: id })),
  secret: (_, id) => (id === '' ? undefined : routeFor.secrets({ show: id })),
  data_source: (_, id) => (id === '' ? undefined : routeFor.dataSources({ show: id })),
  task_group: (subject) => routeFor.taskGroups({ group: subject }),
  user: (subject) => routeFor.users({ user: subject }),
  api_token: () => routeFor.tokens(),
  worker_token: () => routeFor.tokens(),
};

export function objectLink(entry: AuditView): string | undefined {
  const [kind, verb] = entry.action.split('.');
  if (verb === 'delete' || verb === 'uninstall') return undefined;
  const { id } = entry.data;
  return PLACES[kind ?? '']?.(entry.subject, typeof id === 'string' ? id : '', entry);
}
