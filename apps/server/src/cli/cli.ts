/** The `vaquita` command from its arguments to its exit code. */
import type { Command, CommandIo } from './command.ts';
import { EXIT, parseCommandLine, UsageError } from './command.ts';
import { alertChannelCommands } from './commands/alert-channels.ts';
import { alertGroupCommands } from './commands/alert-groups.ts';
import { alertCommands } from './commands/alerts.ts';
import { applyCommand } from './commands/apply.ts';
import { auditCommands } from './commands/audit.ts';
import { backfillCommands } from './commands/backfills.ts';
import { calendarCommands } from './commands/calendars.ts';
import { clusterCommand } from './commands/cluster.ts';
import { dataSourceCommands } from './commands/data-sources.ts';
import { dependenciesCommand } from './commands/dependencies.ts';
import { environmentCommands } from './commands/environments.ts';
import { exportCommand } from './commands/export.ts';
import { forecastCommand } from './commands/forecast.ts';
import { listenerPluginCommands } from './commands/listener-plugins.ts';
import { listenerCommands } from './commands/listeners.ts';
import { logsCommand } from './commands/logs.ts';
import { projectCommands } from './commands/projects.ts';
import { registryCommands } from './commands/registry.ts';
import { runCommand } from './commands/run.ts';
import { runsCommands } from './commands/runs.ts';
import { scheduleEditCommands } from './commands/schedule-edit.ts';
import { scheduleCommands } from './commands/schedules.ts';
import { searchCommand } from './commands/search.ts';
import { secretCommands } from './commands/secrets.ts';
import { configCommand, migrateCommand, startCommand } from './commands/server.ts';
import { taskGroupCommands } from './commands/task-groups.ts';
import { tasksCommands } from './commands/tasks.ts';
import { tasksListCommand } from './commands/tasks-list.ts';
import { tokenCommands } from './commands/tokens.ts';
import { triggerCommands } from './commands/triggers.ts';
import { upkeepCommands } from './commands/upkeep.ts';
import { userCommands } from './commands/users.ts';
import { validateCommand } from './commands/validate.ts';
import { workerGroupCommands } from './commands/worker-groups.ts';
import { workerCommands } from './commands/workers.ts';
import { workflowCommands } from './commands/workflows.ts';
import { errorLines } from './format.ts';
import { commandHelp, overviewHelp, usage } from './help.ts';

export const COMMANDS: readonly Command[] = [
  startCommand,
  migrateCommand,
  configCommand,
  applyCommand,
  validateCommand,
  runCommand,
  logsCommand,
  exportCommand,
  ...workflowCommands,
  dependenciesCommand,
  searchCommand,
  ...runsCommands,
  tasksListCommand,
  ...tasksCommands,
  ...scheduleCommands,
  ...scheduleEditCommands,
  ...calendarCommands,
  forecastCommand,
  ...backfillCommands,
  ...environmentCommands,
  ...dataSourceCommands,
  ...secretCommands,
  ...taskGroupCommands,
  ...workerCommands,
  ...workerGroupCommands,
  ...triggerCommands,
  ...alertCommands,
  ...alertGroupCommands,
  ...alertChannelCommands,
  ...listenerCommands,
  ...listenerPluginCommands,
  ...projectCommands,
  ...tokenCommands,
  ...auditCommands,
  ...userCommands,
  clusterCommand,
  ...registryCommands,
  ...upkeepCommands,
];

export async function runCli(argv: readonly string[], io: CommandIo, version: string): Promise<number> {
  try {
    const line = parseCommandLine(argv, COMMANDS);
    switch (line.kind) {
      case 'help':
        io.print(line.command ? commandHelp(line.command) : overviewHelp(COMMANDS));
        return EXIT.ok;
      case 'version':
        io.print(version);
        return EXIT.ok;
      case 'run':
        return await line.command.run(line.input, io);
    }
  } catch (thrown) {
    if (io.signal.aborted) return EXIT.interrupted;
    if (thrown instanceof UsageError) {
      io.note(`error: ${thrown.message}`);
      io.note(thrown.command ? `usage: vaquita ${usage(thrown.command)}` : 'Run "vaquita --help" for the commands.');
      return EXIT.usage;
    }
    for (const text of errorLines(thrown)) io.note(text);
    return EXIT.failure;
  }
}
