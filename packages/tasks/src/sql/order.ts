/** What the SQL program is told and what it answers: two JSON files in the folder of the attempt. */
import * as z from 'zod/mini';

export const ORDER_FILE = 'sql-order.json';
export const ANSWER_FILE = 'sql-answer.json';

const value = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), value: z.string() }),
  z.object({ type: z.literal('integer'), value: z.string() }),
  z.object({ type: z.literal('real'), value: z.number() }),
]);

const order = z.object({
  /** An address with a scheme. */
  url: z.string(),
  authToken: z.optional(z.string()),
  statements: z.array(z.object({ sql: z.string(), values: z.array(value) })),
  /** Where the first row of the last query is written, as text by column. */
  answerPath: z.string(),
});

export type SqlOrder = z.infer<typeof order>;

export function parseOrder(text: string): SqlOrder {
  return order.parse(JSON.parse(text));
}

const answer = z.record(z.string(), z.string());

export function parseAnswer(text: string): Readonly<Record<string, string>> {
  return answer.parse(JSON.parse(text));
}
