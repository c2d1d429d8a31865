/** A cron expression as it was understood. Made by `parseCron` only, which has checked that it fires at all. */
import type { CronDialect, CronFieldName } from './cron-fields.ts';

export interface CronExpression {
  /** As written, with single blanks; of a nickname, the nickname. */
  readonly text: string;
  readonly dialect: CronDialect;
  readonly fields: Readonly<Record<CronFieldName, CronField>>;
  /**
   * How the two day fields are joined. `either`: one is enough, as Unix has it where neither begins with `*`.
   * `both`: the day must fit both; fields that say nothing fit each day.
   */
  readonly dayJoin: 'both' | 'either';
}

export interface CronField {
  readonly text: string;
  /** `*` or `?`: the field says nothing. */
  readonly any: boolean;
  /** Written with a step: `*` + `/5`, `3/5`, `1-9/2`. */
  readonly stepped: boolean;
  /** The plain values in order; weekdays as 0 for Sunday to 6 for Saturday. All of them where `any`, but none of the year. */
  readonly values: readonly number[];
  /** What depends on the month. Of the two day fields only. */
  readonly special: readonly SpecialDay[];
}

export type SpecialDay =
  /** `L`, `L-3`: so many days before the month's last. */
  | { readonly kind: 'last'; readonly before: number }
  /** `LW`, `L-3W`: the day from Monday to Friday that is nearest to it, in the same month. */
  | { readonly kind: 'lastWorkday'; readonly before: number }
  /** `15W`: the day from Monday to Friday that is nearest to it, in the same month. */
  | { readonly kind: 'workday'; readonly day: number }
  /** `6L`: the month's last of this weekday. */
  | { readonly kind: 'lastWeekday'; readonly weekday: number }
  /** `6#3`: the month's third of this weekday. */
  | { readonly kind: 'nthWeekday'; readonly weekday: number; readonly nth: number };

/** What is wrong with one place of an expression. */
export interface CronProblem {
  /** Null when it is the expression as a whole. */
  readonly field: CronFieldName | null;
  /** The place in the text as it was given, in characters from 0. */
  readonly at: number;
  readonly text: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

export type CronReading =
  | { readonly ok: true; readonly cron: CronExpression }
  | { readonly ok: false; readonly problems: readonly CronProblem[] };
