/** The option `--limit` of commands that list. */
import { type Command, type OptionValues, UsageError } from './command.ts';

/** The largest page of the API. */
export const MAX_PAGE = 500;

/** @throws UsageError */
export function limitOf({ limit }: OptionValues, byDefault: number, command: Command): number {
  if (limit === undefined) return byDefault;
  if (/^[1-9]\d{0,8}$/.test(String(limit))) return Number(limit);
  throw new UsageError(`--limit "${String(limit)}" is not a whole number from 1 on.`, command);
}
