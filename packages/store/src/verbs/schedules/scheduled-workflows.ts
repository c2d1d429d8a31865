/** The versions that schedules start, read together: one query for all of them, and one for documents that are not kept. */
import type { ScheduleRow, WorkflowId } from '@vaquita/core';
import type { SqlDriver } from '../../ports/driver.ts';
import type { ScheduledWorkflow } from '../../ports/schedules.ts';
import { many } from '../../sql/access.ts';
import type { DocumentCache } from '../document-cache.ts';

const HEADS = `select s.key as place, w.project_id, w.id, w.name, v.version, v.content_hash from json_each(?) s
  cross join workflows w on w.id = s.value ->> 0
  left join workflow_versions v on v.workflow_id = w.id and v.version = coalesce(s.value ->> 1, w.version)`;
const DOCUMENTS = `select v.content_hash, v.document from json_each(?) s
  cross join workflow_versions v on v.workflow_id = s.value ->> 0 and v.version = s.value ->> 1`;

export function createScheduledWorkflows(driver: SqlDriver, documents: DocumentCache) {
  return async function scheduledWorkflows(
    schedules: readonly ScheduleRow[],
  ): Promise<readonly (ScheduledWorkflow | undefined)[]> {
    if (schedules.length === 0) return [];
    const keys = schedules.map(({ workflowId, start }) => JSON.stringify([workflowId, start.version]));
    const wanted = [...new Set(keys)];
    const rows = await many(driver, HEADS, [`[${wanted.join(',')}]`]);
    const missing = new Map<string, readonly unknown[]>();
    for (const { id, version, content_hash } of rows) {
      if (content_hash !== null && documents.get(String(content_hash)) === undefined) {
        missing.set(String(content_hash), [id, version]);
      }
    }
    const read = new Map<string, ReturnType<DocumentCache['add']>>();
    if (missing.size > 0) {
      for (const row of await many(driver, DOCUMENTS, [JSON.stringify([...missing.values()])])) {
        read.set(String(row.content_hash), documents.add(String(row.content_hash), String(row.document)));
      }
    }
    const found = new Map<string, ScheduledWorkflow>();
    for (const row of rows) {
      const hash = String(row.content_hash);
      const document = row.content_hash === null ? null : (read.get(hash) ?? documents.get(hash) ?? null);
      found.set(wanted[Number(row.place)]!, {
        projectId: row.project_id as ScheduledWorkflow['projectId'],
        workflowId: row.id as WorkflowId,
        workflowName: String(row.name),
        version: document === null ? null : Number(row.version),
        document,
      });
    }
    return keys.map((key) => found.get(key));
  };
}
