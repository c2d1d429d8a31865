/** What somebody has thrown, in bounded words: it need not be an error, and reading it may throw again. */
const MAX_CHARS = 1_000;

export function wordsOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}${causeOf(thrown)}` : String(thrown);
    return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text;
  } catch {
    return 'something that cannot be shown';
  }
}

function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return '';
  const code = (cause as { code?: unknown }).code;
  return ` (${typeof code === 'string' && !cause.message.includes(code) ? `${code}: ` : ''}${cause.message})`;
}
