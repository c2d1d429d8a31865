/** Labels of workers, and what a task asks of them: each label it names, with exactly that value. */
export type WorkerLabels = Readonly<Record<string, string>>;

const LABEL_NAME = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const MAX_VALUE_LENGTH = 200;
/** Labels that one task may ask for. */
export const MAX_WANTED_LABELS = 32;

/** What is wrong with the name of a label, as the end of a sentence about it; undefined when nothing is. */
export function checkLabelName(name: string): string | undefined {
  if (LABEL_NAME.test(name)) return undefined;
  return 'cannot be the name of a label: give 1 to 63 letters, digits, "_", ".", "-" and "/", with a letter or digit at both ends.';
}

/** What is wrong with the value of a label, or undefined when nothing is. */
export function checkLabelValue(value: string): string | undefined {
  if (UNPRINTABLE.test(value)) return 'The value of a label must not hold control characters.';
  if (Array.from(value).length > MAX_VALUE_LENGTH)
    return `The value of a label has at most ${MAX_VALUE_LENGTH} characters.`;
  return undefined;
}

export function matchesLabels(wanted: WorkerLabels, labels: WorkerLabels): boolean {
  for (const name in wanted) if (!has(labels, name) || labels[name] !== wanted[name]) return false;
  return true;
}

/** `gpu=true, zone=north`, in order of the names; the same for labels that say the same. */
export function labelsText(labels: WorkerLabels): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(', ');
}

export interface LabelMismatch {
  /** What is missing, and on which workers. */
  readonly text: string;
  /** Wanted labels that not one of the workers has, as text; empty when only no single worker has all of them. */
  readonly missing: string;
}

/** Workers that a sentence names; the rest is a number. */
const NAMED = 5;

/** Why none of these workers has the labels. @param where such as `worker group "default"` */
export function explainMismatch(
  wanted: WorkerLabels,
  workers: readonly { readonly name: string; readonly labels: WorkerLabels }[],
  where: string,
): LabelMismatch {
  const missing = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) =>
      workers.every(({ labels }) => !matchesLabels({ [name]: value }, labels)),
    ),
  );
  const shown = workers.slice(0, NAMED).map(({ name, labels }) => `"${name}" ${lack(wanted, labels)}`);
  const more = workers.length > NAMED ? [`${workers.length - NAMED} more lack one of them too`] : [];
  const nobody = workers.length === 1 ? 'The one worker' : `None of the ${workers.length} workers`;
  const verb = workers.length === 1 ? 'does not have' : 'has';
  const text = `${nobody} looked at in ${where} ${verb} ${labelsText(wanted)}: ${[...shown, ...more].join('; ')}.`;
  return { text, missing: labelsText(missing) };
}

function lack(wanted: WorkerLabels, labels: WorkerLabels): string {
  const lacks = Object.keys(wanted)
    .sort()
    .filter((name) => !matchesLabels({ [name]: wanted[name]! }, labels))
    .map((name) =>
      has(labels, name) ? `${name}=${wanted[name]} (it has ${name}=${labels[name]})` : `${name}=${wanted[name]}`,
    );
  return `lacks ${lacks.join(' and ')}`;
}

function has(labels: WorkerLabels, name: string): boolean {
  return Object.hasOwn(labels, name);
}
