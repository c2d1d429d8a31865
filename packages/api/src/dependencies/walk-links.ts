/** Walks from one workflow along the links around it, level by level, no farther than was asked and no more than can be shown. */
import type { WorkflowId } from '@vaquita/core';
import type { LinkEnd, WorkflowLink, WorkflowLinkStore } from '@vaquita/store';

/** Of each way of one level; what is beyond is said to be cut off. */
export const MAX_LINKS = 2_000;

export interface FoundLinks {
  readonly links: readonly WorkflowLink[];
  readonly cutShort: boolean;
}

export interface WalkOptions {
  readonly depth: number;
  readonly maxWorkflows: number;
}

/** What nodes are called: ids, or the written names of workflows that are not there. */
export function keyOf({ workflowId, projectName, workflowName }: LinkEnd): string {
  return workflowId ?? `${projectName}/${workflowName}`;
}

export async function linksAround(
  store: Pick<WorkflowLinkStore, 'around'>,
  root: WorkflowId,
  { depth, maxWorkflows }: WalkOptions,
): Promise<FoundLinks> {
  const known = new Set<string>([root]);
  const links: WorkflowLink[] = [];
  const behind = new Set<WorkflowId | null>();
  let cutShort = false;
  let level: readonly WorkflowId[] = [root];
  for (let step = 0; step < depth && level.length > 0; step++) {
    const found = await store.around(level, MAX_LINKS);
    cutShort ||= found.length >= MAX_LINKS;
    const next: WorkflowId[] = [];
    for (const link of found) {
      const ends = [link.said, link.named];
      // It was found from that end already.
      if (ends.some(({ workflowId }) => workflowId !== null && behind.has(workflowId))) continue;
      const fresh = ends.filter((end) => !known.has(keyOf(end)));
      if (known.size + fresh.length > maxWorkflows) {
        cutShort = true;
        continue;
      }
      links.push(link);
      for (const end of fresh) {
        known.add(keyOf(end));
        if (end.workflowId !== null) next.push(end.workflowId);
      }
    }
    for (const id of level) behind.add(id);
    level = next;
  }
  return { links, cutShort };
}

/** As many links as keep within the number of workflows. */
export function withinBounds(found: readonly WorkflowLink[], maxWorkflows: number): FoundLinks {
  const known = new Set<string>();
  const links = found.filter((link) => {
    const fresh = new Set([link.said, link.named].map(keyOf).filter((key) => !known.has(key)));
    if (known.size + fresh.size > maxWorkflows) return false;
    for (const key of fresh) known.add(key);
    return true;
  });
  return { links, cutShort: links.length < found.length || found.length >= MAX_LINKS };
}
