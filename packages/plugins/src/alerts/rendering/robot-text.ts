/** A message in the small Markdown that chat robots read: bold by two stars, links, one line a fact. */
import type { AlertMessage } from '@vaquita/core';
import { escapeAddress, widenMarkup } from './markup.ts';
import { cut, firstFacts, headline, oneLine } from './words.ts';

const MAX = { title: 200, text: 700, facts: 15, name: 20, value: 60, links: 3, link: 40, url: 300 } as const;

/** Within 4,000 bytes of UTF-8 for most texts; the caller cuts what is longer. */
export function robotText(message: AlertMessage, lineEnd: string): string {
  const facts = firstFacts(message, MAX.facts).map(
    ({ name, value }) => `**${shown(name, MAX.name)}**: ${shown(value, MAX.value)}`,
  );
  const links = message.links
    .filter(({ url }) => url.length <= MAX.url)
    .slice(0, MAX.links)
    .map(({ title, url }) => `[${shown(title, MAX.link)}](${escapeAddress(url)})`);
  const text = cut(message.text, MAX.text)
    .split('\n')
    .map((line) => widenMarkup(line));
  const lines = [`**${shown(headline(message), MAX.title)}**`, ...links, ...facts, ...text];
  return lines.filter((line) => line.trim() !== '').join(lineEnd);
}

function shown(text: string, max: number): string {
  return widenMarkup(cut(oneLine(text), max));
}
