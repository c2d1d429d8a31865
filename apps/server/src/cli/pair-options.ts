/** Options that are written as `NAME=value` and may be repeated. */
import { type Command, type OptionValues, UsageError } from './command.ts';

/** @param value what stands after the sign, for people. @throws UsageError which repeats no value. */
export function pairsOf(
  options: OptionValues,
  { option, value, command }: { readonly option: string; readonly value: string; readonly command: Command },
): (readonly [string, string])[] {
  return ((options[option] ?? []) as readonly string[]).map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw new UsageError(`--${option} is written as NAME=${value}.`, command);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
}
