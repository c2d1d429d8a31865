/** Settings of `switch` tasks. */
import * as z from 'zod';
import type { SwitchConfig } from '../../logic/configs.ts';
import { checkExpression } from '../../logic/expression.ts';
import { checkedText } from '../checked-text.ts';
import { branch, branchNames, checkBranch } from './branches.ts';
import { logicType } from './logic-type.ts';

const MAX_CASES = 1_000;

const schema = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        // The placeholder is spelt out for the person who fills in the form.
        when: checkedText(checkExpression).meta({ description: 'A condition, such as ${rows} > 1000.' }),
        then: branch.meta({ description: 'The task or tasks behind this one that go on.' }),
      }),
    )
    .min(1)
    .max(MAX_CASES)
    .meta({ description: 'In order: the first whose condition is true is taken.' }),
  otherwise: branch
    .optional()
    .meta({ description: 'Taken when no condition is true. Left out: the task then fails. An empty list: no branch.' }),
});

export const switchType = logicType({
  name: 'switch',
  description: 'Chooses which of the tasks behind it go on, by conditions on parameters.',
  schema,
  checkPlace: ({ cases, otherwise }, place) => [
    ...cases.flatMap(({ then }, index) => checkBranch(then, `cases[${index}].then`, place)),
    ...checkBranch(otherwise, 'otherwise', place),
  ],
  compile: ({ cases, otherwise }): SwitchConfig => ({
    cases: cases.map(({ when, then }) => ({ when, then: branchNames(then) })),
    otherwise: otherwise === undefined ? null : branchNames(otherwise),
  }),
});
