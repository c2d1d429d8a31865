/** Between the store's pages and the API's. */
import type { Page, PageRequest } from '@vaquita/store';
import type { PageView } from '../views/page.ts';

export function pageRequest(query: { readonly limit: number; readonly cursor?: string | undefined }): PageRequest {
  return { limit: query.limit, cursor: query.cursor ?? null };
}

export function toPage<Row, View>(
  page: Page<Row>,
  toView: (row: Row) => View,
): { items: View[]; nextCursor: string | null } {
  return { items: page.items.map(toView), nextCursor: page.next };
}

/** For lists that come whole: nothing follows. */
export function wholeList<View>(items: View[]): PageView<View> & { items: View[] } {
  return { items, nextCursor: null };
}

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

export function isoTimeOrNull(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : isoTime(at);
}
