/** An alert as a mail. Styles stand inside the elements: mail programs drop style sheets. */
import type { AlertMessage, AlertSeverity } from '@vaquita/core';
import { escapeHtml } from './markup.ts';
import { cut, firstFacts, headline, oneLine } from './words.ts';

const MAX = { text: 50_000, facts: 50, name: 100, value: 2_000, links: 20, link: 100 } as const;
const COLORS: Readonly<Record<AlertSeverity, string>> = {
  info: '#2f6f9f',
  warning: '#b7791f',
  error: '#c0392b',
  critical: '#8e1b1b',
};
const RESOLVED_COLOR = '#2e7d4f';

export function mailText(message: AlertMessage): string {
  const facts = shownFacts(message).map(({ name, value }) => `${name}: ${value}`);
  const links = shownLinks(message).map(({ title, url }) => `${title}: ${url}`);
  const parts = [headline(message), cut(message.text, MAX.text), facts.join('\n'), links.join('\n')];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function mailHtml(message: AlertMessage): string {
  const color = message.state === 'resolved' ? RESOLVED_COLOR : COLORS[message.severity];
  const rows = shownFacts(message).map(({ name, value }) => {
    const head = `<th align="left" valign="top" style="padding:4px 16px 4px 0;font-weight:600">${escapeHtml(name)}</th>`;
    return `<tr>${head}<td style="padding:4px 0;white-space:pre-wrap">${escapeHtml(value)}</td></tr>`;
  });
  const links = shownLinks(message).map(
    ({ title, url }) => `<a href="${escapeHtml(url)}" style="margin-right:16px">${escapeHtml(title)}</a>`,
  );
  const text = message.text === '' ? '' : paragraph(escapeHtml(cut(message.text, MAX.text)), 'white-space:pre-wrap');
  return [
    '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#1a1a1a">',
    `<h1 style="font-size:18px;border-left:4px solid ${color};padding-left:12px">${escapeHtml(headline(message))}</h1>`,
    text,
    `<table cellpadding="0" cellspacing="0" style="border-collapse:collapse">${rows.join('')}</table>`,
    links.length === 0 ? '' : paragraph(links.join(''), 'margin-top:16px'),
    '</body></html>',
  ].join('\n');
}

function shownFacts(message: AlertMessage) {
  return firstFacts(message, MAX.facts).map(({ name, value }) => {
    return { name: cut(oneLine(name), MAX.name), value: cut(value, MAX.value) };
  });
}

function shownLinks({ links }: AlertMessage) {
  return links.slice(0, MAX.links).map(({ title, url }) => ({ title: cut(oneLine(title), MAX.link), url }));
}

function paragraph(content: string, style: string): string {
  return `<p style="${style}">${content}</p>`;
}
