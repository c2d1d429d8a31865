/** Triggers as the command line shows them. */
import type { TriggerTestAnswer, TriggerView } from '@vaquita/client';
import { type CommandIo, EXIT } from './command.ts';
import { table } from './format.ts';

export function whatFor({ config }: TriggerView): string {
  switch (config.kind) {
    case 'webhook':
      return 'webhook';
    case 'after_workflow': {
      const { name, projectName } = config.workflow;
      return `${config.on} of ${name === null ? 'a workflow that is gone' : `${projectName}/${name}`}`;
    }
    case 'file':
      return `new ${config.path}`;
  }
}

/** @param server its address, as the caller has given it. */
export function printTrigger(trigger: TriggerView, io: CommandIo, server: string): void {
  const { id, name, projectName, workflowName, workflowOnline, online, config, start, problem, lastFiring } = trigger;
  io.print(`${name}: ${whatFor(trigger)} starts ${projectName}/${workflowName}, ${online ? 'online' : 'offline'}`);
  io.print(`id: ${id}`);
  if (config.kind === 'webhook') io.print(`call: POST ${server.replace(/\/+$/, '')}${config.path}`);
  for (const [param, from] of Object.entries(config.mapping)) io.print(`  ${param} = ${from}`);
  for (const [param, value] of Object.entries(start.params)) io.print(`  ${param}: ${JSON.stringify(value)}`);
  if (!workflowOnline) io.print(`${projectName}/${workflowName} is offline: nothing is started`);
  if (problem !== null) io.print(`problem: ${problem}`);
  if (config.kind === 'file')
    io.print(`looks every ${config.every} in ${config.workerGroup}, files must stay as they are for ${config.settled}`);
  if (trigger.watch !== null) printWatch(trigger.watch, io);
  if (lastFiring !== null) io.print(`last firing: ${lastFiring.at} ${lastFiring.outcome}`);
}

function printWatch({ watchers, moreWatchers, things }: NonNullable<TriggerView['watch']>, io: CommandIo): void {
  io.print(`knows ${things} files`);
  for (const { name, workerId, connected, firstLookAt, problem } of watchers) {
    const first = firstLookAt === null ? 'has not had its first look' : `looks since ${firstLookAt}`;
    const trouble = problem === null ? '' : `: ${problem.text}`;
    io.print(`  ${name ?? workerId ?? 'the group'} ${first}${connected ? '' : ', not connected'}${trouble}`);
  }
  if (moreWatchers) io.print('  and others');
}

function printLook({ look }: TriggerTestAnswer, io: CommandIo): void {
  if (look === null) return;
  if (look.note !== null) io.note(look.note);
  for (const { name, found, more, problem } of look.workers) {
    const count = found === null ? 'no answer' : `${found}${more ? ' or more' : ''} files`;
    io.print(`${name}: ${look.looked ? count : 'not asked'}${problem === null ? '' : `: ${problem.text}`}`);
  }
  const rows = look.files.map(({ path, size, modified, known, problem }) => {
    return [known ? 'known' : problem === null ? 'new' : 'refused', path, `${size}`, modified ?? '', problem ?? ''];
  });
  if (rows.length > 0) for (const line of table(['STATUS', 'PATH', 'SIZE', 'MODIFIED', 'REASON'], rows)) io.print(line);
}

export function printSecret(secret: string | null, io: CommandIo): void {
  if (secret === null) return;
  io.print(`secret: ${secret}`);
  io.note('The secret is shown this once. Deliveries are signed with it.');
}

export function printTest(answer: TriggerTestAnswer, io: CommandIo): number {
  const { starts, params, version, problems } = answer;
  printLook(answer, io);
  if (starts) {
    io.print(`would start version ${version}`);
    for (const [name, value] of Object.entries(params)) io.print(`  ${name}: ${JSON.stringify(value)}`);
    return EXIT.ok;
  }
  io.print('would start nothing');
  for (const { path, message } of problems) io.print(`  ${path}: ${message}`);
  return EXIT.failure;
}
