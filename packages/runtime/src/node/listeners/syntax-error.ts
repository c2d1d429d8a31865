/** Where a module does not parse: Node prints the place, the line, a mark below it, and then the error. */

/** In words, or null when the lines tell of no such error. */
export function readSyntaxError(printed: readonly string[]): string | null {
  const at = printed.findIndex((line) => /^listener:plugin\.js:\d+$/.test(line));
  const message = /^SyntaxError: (.*)$/.exec(
    printed.slice(at + 1).find((line) => line.startsWith('SyntaxError: ')) ?? '',
  )?.[1];
  if (at < 0 || message === undefined) return null;
  const line = printed[at]!.split(':')[2];
  const column = (printed[at + 2] ?? '').indexOf('^');
  return `it cannot be read: line ${line}${column < 0 ? '' : `, column ${column + 1}`}: ${message}`;
}
