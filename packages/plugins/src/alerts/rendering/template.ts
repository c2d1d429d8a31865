/** The body of a webhook: the whole alert as JSON, or a text of the user's with the alert's values in it. */
import type { Delivery } from '../channel.ts';
import { escapeHtml } from './markup.ts';
import { allFacts, headline } from './words.ts';

/** What receivers may rely on; fields are only ever added. */
export function alertJson({ id, message }: Delivery) {
  const { firstAt, lastAt, ...rest } = message;
  return { id, ...rest, firstAt: new Date(firstAt).toISOString(), lastAt: new Date(lastAt).toISOString() };
}

type Value = (delivery: Delivery) => string;

const VALUES: Readonly<Record<string, Value>> = {
  id: ({ id }) => id,
  kind: ({ message }) => message.kind,
  severity: ({ message }) => message.severity,
  state: ({ message }) => message.state,
  subject: ({ message }) => message.subject,
  headline: ({ message }) => headline(message),
  title: ({ message }) => message.title,
  text: ({ message }) => message.text,
  facts: ({ message }) =>
    allFacts(message)
      .map(({ name, value }) => `${name}: ${value}`)
      .join('\n'),
  links: ({ message }) => message.links.map(({ title, url }) => `${title}: ${url}`).join('\n'),
  source: ({ message }) => message.source,
  count: ({ message }) => String(message.count),
  firstAt: ({ message }) => new Date(message.firstAt).toISOString(),
  lastAt: ({ message }) => new Date(message.lastAt).toISOString(),
};

/** Is not escaped: it is JSON already. */
const WHOLE = 'alert';
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is wrong with a template, or null. */
export function templateProblem(template: string): string | null {
  for (const [whole, name = ''] of template.matchAll(PLACEHOLDER)) {
    if (name === WHOLE || Object.hasOwn(VALUES, name)) continue;
    return `${whole} is not known here. Known: ${[...Object.keys(VALUES), WHOLE].join(', ')}`;
  }
  return null;
}

export function fillTemplate(template: string, delivery: Delivery, contentType: string): string {
  const escaped = escapeFor(contentType);
  return template.replace(PLACEHOLDER, (whole, name: string) => {
    if (name === WHOLE) return JSON.stringify(alertJson(delivery));
    return Object.hasOwn(VALUES, name) ? escaped(VALUES[name]!(delivery)) : whole;
  });
}

/** A value must stay inside the string, the field or the element it stands in. */
function escapeFor(contentType: string): (text: string) => string {
  if (/[/+]json\b/i.test(contentType)) return (text) => JSON.stringify(text).slice(1, -1);
  if (/x-www-form-urlencoded/i.test(contentType)) return (text) => encodeURIComponent(text.toWellFormed());
  if (/[/+](xml|html)\b/i.test(contentType)) return escapeHtml;
  return (text) => text;
}
