/** A schedule that is about to be saved, as an HTTP call to copy. Pure. */
import { shellWord } from '../definition/equivalent.ts';

/** The workflow of a new schedule, or the one that is changed. */
export type SaveTarget = { readonly project: string; readonly workflow: string } | { readonly id: string };

export function asCurl(origin: string, target: SaveTarget, body: unknown): string {
  const part = encodeURIComponent;
  const path =
    'id' in target
      ? `schedules/${part(target.id)}`
      : `projects/${part(target.project)}/workflows/${part(target.workflow)}/schedules`;
  return [
    `curl -X ${'id' in target ? 'PATCH' : 'POST'} ${shellWord(`${origin}/api/v1/${path}`)}`,
    `  -H "Authorization: Bearer $VAQUITA_TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellWord(JSON.stringify(body))}`,
  ].join(' \\\n');
}
