/** Start parameters out of what happened: the body of a delivery, the outputs of a run, or a file that was found. */
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { isTemplate } from '../params/values.ts';
import { parsePayloadPath, readPayload } from './payload-path.ts';

export interface MappedParams {
  readonly params: Readonly<Record<string, string>>;
  /** At `params.<name>`: what cannot be given to it, and why. */
  readonly problems: readonly Problem[];
}

type Mapping = Readonly<Record<string, string>>;

/** Of what stands behind one parameter. */
type Found = { readonly value: string } | { readonly problem: string };

/** @param mapping parameter → path into the payload */
export function payloadParams(mapping: Mapping, payload: unknown): MappedParams {
  return mappedParams(mapping, (path) => {
    const parsed = parsePayloadPath(path);
    if ('problem' in parsed) return parsed;
    const value = readPayload(payload, parsed.steps);
    if (value === undefined) return { problem: `The body has nothing at ${path}.` };
    if (value === null) return { problem: `At ${path} the body has null, which is no value.` };
    return { value: typeof value === 'string' ? value : JSON.stringify(value) };
  });
}

/** @param mapping parameter → name of an output */
export function outputParams(mapping: Mapping, outputs: Readonly<Record<string, string>>): MappedParams {
  return mappedParams(mapping, (name) => {
    if (Object.hasOwn(outputs, name)) return { value: outputs[name]! };
    return { problem: `The run has put out no "${name}".${didYouMean(name, Object.keys(outputs))}` };
  });
}

/** @param find what is behind a source; sources are checked when the trigger is made */
export function mappedParams(mapping: Mapping, find: (from: string) => Found): MappedParams {
  const params: [string, string][] = [];
  const problems: Problem[] = [];
  for (const [name, from] of Object.entries(mapping)) {
    const found = find(from);
    if ('problem' in found) problems.push({ path: `params.${name}`, message: found.problem });
    else if (isTemplate(found.value)) {
      // Start parameters are expanded: whoever sends one could read what is meant for the tasks alone.
      const message = `The value from ${from} holds \${ or $[, which would be taken for a placeholder; only plain values are taken.`;
      problems.push({ path: `params.${name}`, message });
    } else params.push([name, found.value]);
  }
  return { params: Object.fromEntries(params), problems };
}
