/** Search state of one log viewer: the query, its matches so far, and which one is current. */
import type { LogBuffer } from './log-buffer.ts';
import { compileQuery, findMatches, type LogMatch, matchFrom } from './search.ts';

export class LogSearch {
  text = $state('');
  asRegex = $state(false);
  matches = $state.raw<readonly LogMatch[]>([]);
  current = $state(0);
  problem = $state(false);
  #searchedLines = 0;
  #key = '';

  /** Brings the matches up to date; only lines that were added are searched unless the query changed. */
  update(buffer: LogBuffer): void {
    const key = `${this.asRegex}${this.text}`;
    if (key !== this.#key) {
      this.#key = key;
      this.#searchedLines = 0;
      this.matches = [];
      this.current = 0;
    }
    if (this.text === '') {
      this.problem = false;
      return;
    }
    const query = compileQuery(this.text, this.asRegex);
    this.problem = !query.ok;
    if (!query.ok) return;
    // The last line may have been unfinished: it is searched once more.
    const from = Math.max(0, this.#searchedLines - 1 - buffer.dropped);
    const kept = this.matches.filter((match) => match.line >= buffer.dropped && match.line < buffer.dropped + from);
    this.matches = [...kept, ...findMatches(buffer, query.pattern, from)];
    this.#searchedLines = buffer.lastNumber;
  }

  /** Makes the first match at or after a line (counted over the whole log) the current one. */
  jumpFrom(line: number): LogMatch | undefined {
    this.current = matchFrom(this.matches, line);
    return this.matches[this.current];
  }

  step(by: 1 | -1): LogMatch | undefined {
    if (this.matches.length === 0) return undefined;
    this.current = (this.current + by + this.matches.length) % this.matches.length;
    return this.matches[this.current];
  }

  /** Matches of one line. */
  on(line: number): readonly LogMatch[] {
    const found: LogMatch[] = [];
    if (this.matches.length === 0) return found;
    for (let i = matchFrom(this.matches, line); this.matches[i]?.line === line; i++) found.push(this.matches[i]!);
    return found;
  }
}
