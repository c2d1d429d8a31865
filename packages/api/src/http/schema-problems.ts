/** Turns what a schema found into problems with a path and a sentence that says what to do. */
import type { Problem } from '@vaquita/core';
import type * as z from 'zod';

export function schemaProblems(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = pathText(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: pathText([...issue.path, key]),
        message: 'This field is not known here; leave it out or check its spelling',
      }));
    }
    if (issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message)) {
      return [{ path, message: `This is required (${issue.expected})` }];
    }
    return [{ path, message: issue.message }];
  });
}

/** `tasks[2].dependsOn[0]`; the empty path is the whole body, written `$`. */
function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? '$' : text;
}
