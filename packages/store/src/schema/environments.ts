/** Tables of environments, secrets and data sources. What is of a project and what is of none may have the same name. */
import type { DataSourceId, EnvironmentId, EnvironmentVariable, ProjectId, SecretId } from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';

export const environments = sqliteTable(
  'environments',
  {
    id: text('id').$type<EnvironmentId>().primaryKey(),
    projectId: text('project_id')
      .$type<ProjectId>()
      .references(() => projects.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    variables: text('variables', { mode: 'json' }).$type<readonly EnvironmentVariable[]>().notNull(),
    revision: integer('revision').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('environments_of_project').on(t.projectId, t.name).where(sql.raw('project_id is not null')),
    uniqueIndex('environments_of_all').on(t.name).where(sql.raw('project_id is null')),
    index('environments_by_name').on(t.name, t.id),
  ],
);

export const secrets = sqliteTable(
  'secrets',
  {
    id: text('id').$type<SecretId>().primaryKey(),
    projectId: text('project_id')
      .$type<ProjectId>()
      .references(() => projects.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    /** Never the value itself. */
    sealed: text('sealed').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('secrets_of_project').on(t.projectId, t.name).where(sql.raw('project_id is not null')),
    uniqueIndex('secrets_of_all').on(t.name).where(sql.raw('project_id is null')),
    index('secrets_by_name').on(t.name, t.id),
  ],
);

export const dataSources = sqliteTable(
  'data_sources',
  {
    id: text('id').$type<DataSourceId>().primaryKey(),
    projectId: text('project_id')
      .$type<ProjectId>()
      .references(() => projects.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    kind: text('kind').notNull(),
    settings: text('settings', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
    /** Names of secrets, never values. */
    secrets: text('secrets', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
    revision: integer('revision').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('data_sources_of_project').on(t.projectId, t.name).where(sql.raw('project_id is not null')),
    uniqueIndex('data_sources_of_all').on(t.name).where(sql.raw('project_id is null')),
    index('data_sources_by_name').on(t.name, t.id),
  ],
);
