/** Bodies of /projects/{project}/workflows: definitions and their versions. */
import * as z from 'zod';
import { pageOf, Timestamp } from './page.ts';

/** The document as people write it; its shape is checked by the definition parser, which names every wrong place. */
export const DefinitionDocument = z
  .record(z.string(), z.unknown())
  .meta({ id: 'WorkflowDefinition', description: 'A workflow definition; YAML and JSON hold the same thing' });

export const WorkflowView = z
  .object({
    id: z.string(),
    projectId: z.string(),
    projectName: z.string(),
    name: z.string(),
    description: z.string(),
    version: z.number().int().meta({ description: 'The newest version' }),
    online: z.boolean().meta({ description: 'Only online workflows can be started' }),
    taskCount: z.number().int(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Workflow' });
export type WorkflowView = z.infer<typeof WorkflowView>;

export const WorkflowDetail = WorkflowView.extend({ definition: DefinitionDocument }).meta({ id: 'WorkflowDetail' });
export type WorkflowDetail = z.infer<typeof WorkflowDetail>;

export const WorkflowPage = pageOf(WorkflowView).meta({ id: 'WorkflowPage' });
export type WorkflowPage = z.infer<typeof WorkflowPage>;

export const WorkflowSaved = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.number().int(),
    created: z.boolean().meta({ description: 'False when the content was unchanged and no version was made' }),
  })
  .meta({ id: 'WorkflowSaved' });
export type WorkflowSaved = z.infer<typeof WorkflowSaved>;

/** What a change was made from, for endpoints that save a version. */
export const BaseVersionQuery = z.object({
  baseVersion: z.coerce.number().int().min(1).optional().meta({
    description:
      'The version that the change was made from, as `If-Match` says it too. When it is not the newest any more, and that says something else, nothing is saved: 412, with the newest version under `newest`. Without it, the newest is replaced whatever it is',
  }),
});

export const VersionView = z
  .object({
    version: z.number().int(),
    contentHash: z.string().meta({ description: 'SHA-256 of the canonical document, hex' }),
    createdBy: z.string(),
    createdAt: Timestamp,
  })
  .meta({ id: 'WorkflowVersion' });
export type VersionView = z.infer<typeof VersionView>;

export const VersionDetail = VersionView.extend({ definition: DefinitionDocument }).meta({
  id: 'WorkflowVersionDetail',
});
export type VersionDetail = z.infer<typeof VersionDetail>;

export const VersionPage = pageOf(VersionView).meta({ id: 'WorkflowVersionPage' });
export type VersionPage = z.infer<typeof VersionPage>;

export const DefinitionChange = z
  .object({
    path: z.string().meta({
      description: 'The place in the version compared to; of what was removed, in the one compared with',
      example: 'tasks[2].retry.times',
    }),
    kind: z.enum(['added', 'removed', 'changed', 'reordered']),
    from: z.unknown().optional().meta({ description: 'Absent when added; of `reordered` the names in their order' }),
    to: z.unknown().optional().meta({ description: 'Absent when removed' }),
  })
  .readonly()
  .meta({ id: 'DefinitionChange' });
export type DefinitionChange = z.infer<typeof DefinitionChange>;

const Names = z.array(z.string()).readonly();
const Changes = z.array(DefinitionChange).readonly();

export const diffShape = {
  tasks: z
    .object({
      added: Names,
      removed: Names,
      changed: z.array(z.object({ name: z.string(), changes: Changes })).readonly(),
    })
    .meta({ description: 'Tasks are told apart by name: a renamed one was removed and added' }),
  fields: Changes.meta({ description: 'Everything that is not of one task, the order of the tasks included' }),
  text: z.string().meta({ description: 'Unified diff of the YAML; empty when nothing differs' }),
};

export const VersionDiff = z
  .object({ from: z.number().int(), to: z.number().int(), ...diffShape })
  .meta({ id: 'WorkflowVersionDiff' });
export type VersionDiff = z.infer<typeof VersionDiff>;

export const WorkflowValidated = z
  .object({
    ok: z.boolean().meta({ description: 'It would be saved' }),
    problems: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .readonly()
      .meta({ description: 'Each wrong place, as a save would name it in `errors`' }),
    name: z.string().optional().meta({ description: 'Of what could be read' }),
    taskCount: z.number().int().optional(),
    outcome: z
      .enum(['created', 'updated', 'unchanged'])
      .optional()
      .meta({ description: 'What a save would do now; absent when it would be refused' }),
    version: z.number().int().optional().meta({ description: 'The version that would be the newest after it' }),
    diff: z
      .object({ from: z.number().int(), ...diffShape })
      .optional()
      .meta({ description: 'With `compare`: what differs from that version to this definition' }),
  })
  .meta({ id: 'WorkflowValidated' });
export type WorkflowValidated = z.infer<typeof WorkflowValidated>;
