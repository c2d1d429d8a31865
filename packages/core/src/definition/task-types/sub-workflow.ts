/** Settings of `sub_workflow` tasks. */
import * as z from 'zod';
import type { SubWorkflowConfig } from '../../logic/configs.ts';
import { checkChild, childShape, compileChild, logicType } from './logic-type.ts';

export const subWorkflowType = logicType({
  name: 'sub_workflow',
  description: 'Runs another workflow. The parameters of the task are its start parameters; its outputs come back.',
  schema: z.strictObject(childShape),
  checkPlace: checkChild,
  compile: (settings): SubWorkflowConfig => compileChild(settings),
});
