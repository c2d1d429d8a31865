/**
 * The rows that a no-op task leaves behind in Vaquita, written by plain prepared statements of `libsql` on the real
 * schema with all its indexes: a row of the attempt, its changes, and four events.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations');
export const RUN = '0000000000000000000000000r';
export const PROJECT = '0000000000000000000000000p';
export const WORKFLOW = '0000000000000000000000000f';
const WORKER = '0000000000000000000000000w';

export interface Rows {
  /** One durable transaction around what `write` does. */
  commit(write: () => void): void;
  submitted(n: number): void;
  dispatched(n: number): void;
  /** Running and ended in one change, as when both are reported together. */
  ended(n: number): void;
  close(): void;
}

export function openRows(path: string): Rows {
  const db = new Database(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  for (const file of readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    const text = readFileSync(join(MIGRATIONS, file), 'utf8');
    for (const statement of text.split('--> statement-breakpoint')) db.exec(statement);
  }
  const at = Date.now();
  db.prepare(
    `insert into workflow_instances (id, project_id, workflow_id, workflow_name, version, number, state, run_counter,
       params, start_tasks, scope, failure_strategy, priority, dry_run, business_time, created_by, created_at, updated_at)
     values (?, ?, ?, 'bench', 1, 1, 'running', 1, '{}', '[]', 'all', 'continue', 'medium', 0, ?, 'admin', ?, ?)`,
  ).run(RUN, PROJECT, WORKFLOW, at, at, at);

  const insertTask = db.prepare(
    `insert into task_instances (id, workflow_instance_id, name, type, state, attempt, retry_times, failovers, current,
       run_counter, worker_group, priority, first_submitted_at, submitted_at, outputs, inputs, log_bytes, reason, updated_at)
     values (?, ?, ?, 'noop', 'submitted', 1, 0, 0, 1, 1, 'default', 'medium', ?, ?, '{}', '{}', 0, ?, ?)`,
  );
  const updateDispatched = db.prepare(
    `update task_instances set state = 'dispatched', dispatch_id = ?, dispatch_epoch = 1, worker_id = ?,
       worker_name = 'bench', dispatched_at = ?, reason = ?, updated_at = ? where id = ?`,
  );
  const updateEnded = db.prepare(
    `update task_instances set state = 'success', started_at = ?, ended_at = ?, reason = null, updated_at = ?
       where id = ?`,
  );
  const insertEvent = db.prepare(
    'insert into events (type, project_id, workflow_instance_id, task_instance_id, at, data) values (?, ?, ?, ?, ?, ?)',
  );
  const queued = {
    code: 'queued',
    text: 'Waiting for a free slot of a worker.',
    next: 'the first free worker of its group takes it',
  };
  const sent = { code: 'sent', text: 'Sent to worker "bench", which has not started it yet.' };
  const reasons = { queued: JSON.stringify({ ...queued, since: at }), sent: JSON.stringify({ ...sent, since: at }) };

  function event(type: string, n: number, data: Readonly<Record<string, unknown>>): void {
    insertEvent.run(type, PROJECT, RUN, taskId(n), Date.now(), JSON.stringify({ name: `t${n}`, attempt: 1, ...data }));
  }

  return {
    commit(write) {
      db.exec('BEGIN IMMEDIATE');
      write();
      db.exec('COMMIT');
    },
    submitted(n) {
      const now = Date.now();
      insertTask.run(taskId(n), RUN, `t${n}`, now, now, reasons.queued, now);
      event('task_instance.created', n, { type: 'noop', state: 'submitted', ...queued });
    },
    dispatched(n) {
      const now = Date.now();
      updateDispatched.run(dispatchId(n), WORKER, now, reasons.sent, now, taskId(n));
      event('task_instance.state', n, { from: 'submitted', to: 'dispatched', worker: 'bench', ...sent });
    },
    ended(n) {
      const now = Date.now();
      updateEnded.run(now, now, now, taskId(n));
      event('task_instance.state', n, { from: 'dispatched', to: 'running', worker: 'bench' });
      event('task_instance.state', n, { from: 'running', to: 'success', worker: 'bench' });
    },
    close: () => db.close(),
  };
}

export function taskId(n: number): string {
  return `t${String(n).padStart(25, '0')}`;
}

export function dispatchId(n: number): string {
  return `d${String(n).padStart(25, '0')}`;
}

export function numberOf(id: string): number {
  return Number(id.slice(1));
}
