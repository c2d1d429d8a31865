/** Text that a rule of ours judges, with the rule's own sentence. */
import * as z from 'zod';

export function checkedText(problemOf: (text: string) => string | undefined): z.ZodString {
  return z.string().check((context) => {
    const wrong = problemOf(context.value);
    if (wrong !== undefined) context.issues.push({ code: 'custom', message: wrong, input: context.value });
  });
}
