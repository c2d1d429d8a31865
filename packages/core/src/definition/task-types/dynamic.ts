/** Settings of `dynamic` tasks. */
import * as z from 'zod';
import type { Problem } from '../../errors/app-error.ts';
import type { DynamicConfig } from '../../logic/configs.ts';
import { PARAM_NAME } from '../../params/placeholder.ts';
import { isTemplate } from '../../params/values.ts';
import { checkChild, childShape, compileChild, logicType } from './logic-type.ts';
import type { TaskPlace } from './task-type.ts';

const MAX_ITEMS = 1_024;
const DEFAULT_PARALLELISM = 8;
const MAX_LISTS = 16;

const value = z.union([z.string().max(10_000), z.number(), z.boolean()], {
  error: 'Must be text, a number, true or false.',
});

const schema = z.strictObject({
  ...childShape,
  lists: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(PARAM_NAME, 'Must be made of letters, digits, "_", "." and "-".')
          .max(200)
          .meta({ description: 'The start parameter of the child that takes the value.' }),
        values: z
          .union([z.string().min(1).max(100_000), z.array(value).min(1).max(10_000)], {
            error: 'Must be a list of values, or text: a JSON array, or values between separators.',
          })
          .meta({ description: 'The values: a list, or text such as ${cities} that holds them.' }),
        separator: z.string().min(1).max(20).optional().meta({ description: 'Between values of a text.' }),
      }),
    )
    .min(1)
    .max(MAX_LISTS)
    .meta({ description: 'Every combination of one value of each list becomes a child run.' }),
  exclude: z.array(value).max(10_000).optional().meta({ description: 'Values that are left out of every list.' }),
  maxItems: z
    .int()
    .min(1)
    .max(MAX_ITEMS)
    .optional()
    .meta({ description: `With more combinations the task fails. ${MAX_ITEMS} when left out.` }),
  parallelism: z
    .int()
    .min(1)
    .max(MAX_ITEMS)
    .optional()
    .meta({ description: `How many child runs go on at once, ${DEFAULT_PARALLELISM} when left out.` }),
});

type Settings = z.output<typeof schema>;

function checkLists({ lists, exclude = [], maxItems = MAX_ITEMS }: Settings): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  for (const [index, { name }] of lists.entries()) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else
      problems.push({
        path: `lists[${index}].name`,
        message: `The name "${name}" is already that of lists[${earlier}].`,
      });
  }
  const left = new Set(exclude.map(String));
  let combinations = 1;
  for (const { values } of lists) {
    // What is not written out is counted when the task runs.
    if (typeof values === 'string' || values.some((one) => isTemplate(String(one)))) return problems;
    combinations *= values.filter((one) => !left.has(String(one))).length;
  }
  if (combinations > maxItems) {
    const message = `These lists have ${combinations} combinations, and at most ${maxItems} are allowed here. Shorten a list.`;
    problems.push({ path: 'lists', message });
  }
  return problems;
}

export const dynamicType = logicType({
  name: 'dynamic',
  description: 'Runs another workflow once for every combination of values of its lists.',
  schema,
  checkPlace: (settings: Settings, place: TaskPlace) => [...checkChild(settings, place), ...checkLists(settings)],
  compile: (settings): DynamicConfig => ({
    ...compileChild(settings),
    lists: settings.lists.map(({ name, values, separator }) => ({
      name,
      values: typeof values === 'string' ? values : JSON.stringify(values.map(String)),
      separator: separator ?? ',',
    })),
    exclude: (settings.exclude ?? []).map(String),
    maxItems: settings.maxItems ?? MAX_ITEMS,
    parallelism: settings.parallelism ?? DEFAULT_PARALLELISM,
  }),
});
