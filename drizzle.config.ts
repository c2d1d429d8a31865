/** For `drizzle-kit generate`: turns a change of the schema into the next file of migrations/. */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: './packages/store/src/schema/index.ts',
  out: './migrations',
});
