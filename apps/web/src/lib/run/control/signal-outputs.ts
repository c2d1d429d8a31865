/** Outputs as a person writes them: one a line, name=value. Pure. */
export type SignalOutputs =
  | { readonly outputs: Readonly<Record<string, string>> }
  /** Counted from 1. */
  | { readonly badLine: number };

export function readOutputs(text: string): SignalOutputs {
  const outputs: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(0, at)).trim();
    if (name === '') return { badLine: index + 1 };
    outputs[name] = line.slice(at + 1).trim();
  }
  return { outputs };
}
