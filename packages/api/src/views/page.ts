/** Shapes every resource shares: pages of a list, problem answers, times and durations as text. */
import * as z from 'zod';

export const MAX_PAGE = 500;
export const DEFAULT_PAGE = 50;

/** ISO 8601 in UTC, with milliseconds. */
export const Timestamp = z.iso.datetime().meta({ description: 'ISO 8601, UTC', example: '2026-03-01T08:30:00.000Z' });

export const Duration = z.string().meta({ description: 'A duration such as `30s`, `10m`, `2h`', example: '10m' });

export const PageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE)
    .default(DEFAULT_PAGE)
    .meta({
      description: `How many items at most (1 to ${MAX_PAGE})`,
    }),
  cursor: z.string().max(500).optional().meta({ description: '`nextCursor` of the page before' }),
});
export interface PageQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The answer of every list. `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'Pass it as `cursor` for the next page; null at the end' }),
  });
}

export interface PageView<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** RFC 9457. `code` is what a program branches on. */
export const ProblemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each wrong place of the input' }),
    newest: z
      .object({ version: z.number().int(), changedBy: z.string(), changedAt: Timestamp })
      .optional()
      .meta({ description: 'With `changed_meanwhile`: the newest version, and whose it is' }),
  })
  .meta({ id: 'Problem' });
export type ProblemView = z.infer<typeof ProblemView>;
