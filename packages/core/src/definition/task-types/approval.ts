/** Settings of `approval` tasks. */
import * as z from 'zod';
import type { ApprovalConfig } from '../../logic/configs.ts';
import { logicType } from './logic-type.ts';

const schema = z.strictObject({
  message: z
    .string()
    .max(10_000)
    .optional()
    .meta({ description: 'What is to be approved, for the person who is asked. Parameters as ${name}.' }),
});

export const approvalType = logicType({
  name: 'approval',
  description: 'Waits until a person approves or rejects.',
  schema,
  compile: ({ message }): ApprovalConfig => ({ message: message ?? '' }),
});
