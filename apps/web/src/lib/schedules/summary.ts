/** The sentence of a schedule in the language of the page. Pure. */
import type { ScheduleSummary } from '@vaquita/client';

export const summaryOf = (summary: ScheduleSummary, locale: string): string =>
  locale.startsWith('zh') ? summary.zh : summary.en;
