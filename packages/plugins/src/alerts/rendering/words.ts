/** The parts of a message that several channels show in the same words. */
import type { AlertFact, AlertMessage, AlertSeverity } from '@vaquita/core';

const SEVERITY_WORDS: Readonly<Record<AlertSeverity, string>> = {
  info: 'Info',
  warning: 'Warning',
  error: 'Error',
  critical: 'Critical',
};

/** `2026-11-21 07:00:00 UTC`: everybody reads it alike, wherever the message arrives. */
function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const MAX = { title: 1_000, text: 50_000, facts: 100, name: 200, value: 4_000, links: 20 } as const;

/** What is sent at most, before a channel cuts it to what its vendor takes: an alert is a hint, not an archive. */
export function boundMessage(message: AlertMessage): AlertMessage {
  return {
    ...message,
    title: cut(message.title, MAX.title),
    text: cut(message.text, MAX.text),
    facts: message.facts
      .slice(0, MAX.facts)
      .map(({ name, value }) => ({ name: cut(name, MAX.name), value: cut(value, MAX.value) })),
    links: message.links.slice(0, MAX.links).map(({ title, url }) => ({ title: cut(title, MAX.name), url })),
  };
}

/** The title on one line, with how often it happened and whether it is over. */
export function headline({ kind, title, state, count }: AlertMessage): string {
  const over = state === 'resolved' ? 'Resolved: ' : '';
  return `${over}${oneLine(title) || kind.replaceAll('_', ' ')}${count > 1 ? ` (${count} times)` : ''}`;
}

/** The facts, and what is true of every alert. */
export function allFacts({ facts, severity, count, firstAt, lastAt, source }: AlertMessage): readonly AlertFact[] {
  const when = count > 1 ? `${timeText(firstAt)} to ${timeText(lastAt)}` : timeText(lastAt);
  const times = count > 1 ? [{ name: 'Count', value: String(count) }] : [];
  return [
    ...facts,
    { name: 'Severity', value: SEVERITY_WORDS[severity] },
    ...times,
    { name: 'Time', value: when },
    { name: 'Server', value: source },
  ];
}

/** At most `max` facts: what is true of every alert is not what is left out. */
export function firstFacts(message: AlertMessage, max: number): readonly AlertFact[] {
  const all = allFacts(message);
  const common = all.slice(message.facts.length);
  return [...message.facts.slice(0, max - common.length), ...common];
}

/** As many whole parts as have room: a link that is cut in two is none. */
export function joinWhole(parts: readonly string[], between: string, max: number): string {
  let text = '';
  for (const part of parts) {
    const longer = text === '' ? part : `${text}${between}${part}`;
    if (longer.length > max) break;
    text = longer;
  }
  return text;
}

export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

/** At most `max` UTF-16 units, which is how most vendors count; never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = isHighSurrogate(text.charCodeAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

/** At most `max` bytes of UTF-8; never half a character. */
export function cutBytes(text: string, max: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= max) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(max - 3));
  return `${text.slice(0, read)}…`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
