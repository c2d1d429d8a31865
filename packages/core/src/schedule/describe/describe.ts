/** Schedules in words. Made from what was understood, not from the text: a description that reads wrong shows an expression that is. */
import { formatDuration } from '../../time/duration.ts';
import type { CronExpression } from '../cron.ts';
import type { FixedInterval } from '../schedule-times.ts';
import { describeInChinese } from './chinese.ts';
import { describeInEnglish } from './english.ts';
import { pictureOf } from './picture.ts';

export type DescriptionLanguage = 'en' | 'zh';

/** "At 02:30 on the last weekday of the month, Europe/Berlin"; without the zone where none is given. */
export function describeCron(cron: CronExpression, language: DescriptionLanguage, timezone?: string): string {
  const picture = pictureOf(cron);
  const text = language === 'zh' ? describeInChinese(picture) : describeInEnglish(picture);
  if (timezone === undefined) return text;
  return language === 'zh' ? `${text}(${timezone})` : `${text}, ${timezone}`;
}

/** "Every 15m from 2026-01-01T00:00:00Z". */
export function describeInterval({ everyMs, anchorAt }: FixedInterval, language: DescriptionLanguage): string {
  const anchor = new Date(anchorAt).toISOString().replace('.000Z', 'Z');
  const every = formatDuration(everyMs);
  return language === 'zh' ? `从 ${anchor} 起每 ${every}` : `Every ${every} from ${anchor}`;
}
