/** The task types this worker can run. To add one, write its folder and name it here. */
import { http } from './http/http.ts';
import { node } from './node/node.ts';
import { noop } from './noop/noop.ts';
import type { TaskPorts } from './ports.ts';
import { shell } from './shell/shell.ts';
import { sql } from './sql/sql.ts';
import type { TaskType } from './task-type.ts';

/** By name; a type whose driver is missing on this machine is not offered to the server. */
export function availableTaskTypes(ports: Pick<TaskPorts, 'sql'>): ReadonlyMap<string, TaskType> {
  const types: TaskType[] = [shell, node, http, noop];
  if (ports.sql !== null) types.push(sql);
  return new Map(types.map((type) => [type.name, type]));
}
