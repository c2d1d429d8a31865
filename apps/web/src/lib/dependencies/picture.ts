/** Dependencies of workflows as the graph draws them. Pure. */
import type { DependencyLink, DependencyNode, DependencyView } from '@vaquita/client';
import type { PictureNode } from '#lib/graph/picture.ts';

export interface NodeWords {
  readonly missing: string;
  readonly offline: string;
  readonly neverRan: string;
}

/** What a workflow is called here: with its project where that is another one. */
export function titleOf({ name, projectName }: DependencyNode, project: string): string {
  return projectName === project ? name : `${projectName}/${name}`;
}

/** Each node with what comes before it; a link that is switched off draws no line where another one does not. */
export function pictureOf({ nodes, links }: DependencyView, project: string, words: NodeWords): readonly PictureNode[] {
  const titles = new Map(nodes.map((node) => [node.key, titleOf(node, project)]));
  const before = Map.groupBy(
    links.filter(({ from, to }) => from !== to),
    ({ to }) => to,
  );
  return nodes.map((node) => ({
    id: titles.get(node.key)!,
    type: node.projectName,
    dependsOn: [...new Set((before.get(node.key) ?? []).map(({ from }) => titles.get(from)!))],
    state: node.newestRun?.state,
    note: noteOf(node, words),
    muted: node.id === null || !node.online,
  }));
}

function noteOf(node: DependencyNode, { missing, offline, neverRan }: NodeWords): string | undefined {
  if (node.id === null) return missing;
  if (!node.online) return offline;
  return node.newestRun === null ? neverRan : undefined;
}

/** Those that touch the node; all where none is chosen. */
export function linksOf(links: readonly DependencyLink[], key: string | null): readonly DependencyLink[] {
  return key === null ? links : links.filter(({ from, to }) => from === key || to === key);
}
