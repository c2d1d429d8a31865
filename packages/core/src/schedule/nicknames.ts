/** The nicknames of Unix cron, as the five fields they stand for. */
import { didYouMean } from '../errors/did-you-mean.ts';

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** The fields, or what is wrong with the nickname. */
export function expandNickname(text: string): { readonly fields: string } | { readonly message: string } {
  const word = text.toLowerCase();
  if (Object.hasOwn(NICKNAMES, word)) return { fields: NICKNAMES[word]! };
  if (word === '@reboot') return { message: '"@reboot" has no time: a schedule does not know when machines start.' };
  if (word.startsWith('@every')) {
    return { message: 'A fixed interval is no cron expression: give the schedule an interval, such as 15m, instead.' };
  }
  const known = Object.keys(NICKNAMES);
  return { message: `"${text}" is no nickname: there are ${known.join(', ')}.${didYouMean(word, known)}` };
}
