import { describe, expect, it } from 'vitest';
import { rank, score } from './match.ts';

const names = ['weather-report', 'daily-revenue', 'wide-fan', 'report-weekly'];
const best = (query: string) => rank(names, query, (name) => name, 4);

describe('palette ranking', () => {
  it('prefers whole words at their start', () => expect(best('report')).toEqual(['report-weekly', 'weather-report']));
  it('finds letters in order', () => expect(best('wrp')[0]).toBe('weather-report'));
  it('leaves out what does not match', () => expect(best('zzz')).toEqual([]));
  it('keeps the order when nothing is typed', () => expect(best('')).toEqual(names));
  it('does not care about case', () => expect(score('Weather', 'wEATH')).toBeGreaterThan(0));
});
