/** Shown rows and those that wait: rows newer than the top one do not push the others down by themselves. */
export function holdBack<Row extends { readonly id: string }>(
  rows: readonly Row[],
  topId: string | null,
): { readonly shown: readonly Row[]; readonly fresh: number } {
  const top = topId === null ? -1 : rows.findIndex((row) => row.id === topId);
  return top === -1 ? { shown: rows, fresh: 0 } : { shown: rows.slice(top), fresh: top };
}
