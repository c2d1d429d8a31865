/** The schedule that a command line names: by `<project>/<workflow>/<schedule>` or by its id. */
import type { ScheduleView, VaquitaClient } from '@vaquita/client';
import { AppError, didYouMean } from '@vaquita/core';
import { UsageError } from './command.ts';

/** @throws UsageError; AppError `not_found`; ApiError. */
export async function findSchedule(client: VaquitaClient, text: string): Promise<ScheduleView> {
  if (!text.includes('/')) return client.schedules.get(text);
  const [project, workflow, name, ...more] = text.split('/');
  if (!project || !workflow || !name || more.length > 0) {
    throw new UsageError(`"${text}" must be <project>/<workflow>/<schedule>, or the id of a schedule.`);
  }
  const names: string[] = [];
  for await (const schedule of client.schedules.all({ project, workflow })) {
    if (schedule.name === name) return schedule;
    names.push(schedule.name);
  }
  const message = `There is no schedule "${name}" of ${project}/${workflow}.${didYouMean(name, names)}`;
  throw new AppError('not_found', message);
}

export function scheduleName({ projectName, workflowName, name }: ScheduleView): string {
  return `${projectName}/${workflowName}/${name}`;
}
