/**
 * What producers of alerts have in common: bounds, so that no alert makes the unit that files it heavy, and the fields
 * that are the same for all. What arrives is bounded again by whoever sends it.
 */
import type { AlertFact, AlertKind, AlertLink, AlertMessage } from './message.ts';
import { ALERT_SEVERITY } from './severities.ts';

const MAX_TITLE = 300;
const MAX_TEXT = 4_000;
const MAX_FACT = 500;
const MAX_SUBJECT = 255;
/** Facts of one alert; whoever has more of them says how many are left out. */
export const MAX_FACTS = 40;

export interface AlertWords {
  readonly kind: AlertKind;
  readonly state: AlertMessage['state'];
  /** What it is about besides its kind: stable, such as the id of a workflow. */
  readonly about: string;
  readonly title: string;
  readonly text: string;
  readonly facts: readonly AlertFact[];
  readonly links: readonly AlertLink[];
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly at: number;
}

export function composeMessage({ kind, state, about, at, ...words }: AlertWords): AlertMessage {
  return {
    kind,
    severity: ALERT_SEVERITY[kind],
    state,
    subject: shortened(`${kind}:${about}`, MAX_SUBJECT),
    title: shortened(words.title, MAX_TITLE),
    text: shortened(words.text, MAX_TEXT),
    facts: words.facts.slice(0, MAX_FACTS).map(({ name, value }) => ({
      name: shortened(name, MAX_FACT),
      value: shortened(value, MAX_FACT),
    })),
    links: words.links,
    labels: words.labels,
    source: '',
    count: 1,
    firstAt: at,
    lastAt: at,
  };
}

/** Cut where it is too long, with a sign that it was, and never in the middle of a character. */
function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
