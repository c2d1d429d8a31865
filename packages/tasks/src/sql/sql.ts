/**
 * Runs SQL on a libSQL or SQLite database, in a process of its own: the native driver is synchronous, and a long query
 * must neither make the worker deaf nor outlive a kill. The first row of the last query is offered as outputs.
 */
import { literalLookup, resolveText } from '@vaquita/core';
import * as z from 'zod/mini';
import { readConfig } from '../read-config.ts';
import { failure, type ProcessTaskType } from '../task-type.ts';
import { ANSWER_FILE, ORDER_FILE, parseAnswer, type SqlOrder } from './order.ts';
import { parseScript } from './statements.ts';

/** `authToken` comes from data sources alone: the server puts it in their place. */
const schema = z.object({ database: z.string(), authToken: z.optional(z.string()), script: z.string() });
const WITH_SCHEME = /^(file|libsql|https?|wss?):/i;

export const sql: ProcessTaskType = {
  name: 'sql',
  usesProcess: true,
  async prepare(context) {
    const config = readConfig(schema, context.config);
    const { ports, workDir, time } = context;
    const values = { ...context.environment, ...context.params };
    if (ports.sql === null) return failure('this worker has no SQL driver; install @libsql/client beside it');
    const resolve = (text: string) => resolveText(text, literalLookup(values), time);
    const database = resolve(config.database);
    const token = config.authToken === undefined ? undefined : resolve(config.authToken);
    const warnings = [...database.warnings, ...(token?.warnings ?? [])];
    if (warnings.length > 0) return failure(warnings.map(({ message }) => message).join(' '));
    const script = parseScript(config.script, values, time);
    for (const warning of script.warnings) context.write('system', `warning: ${warning}\n`);
    if (script.problems.length > 0) return failure(script.problems.join('; '));

    const order: SqlOrder = {
      url: WITH_SCHEME.test(database.text) ? database.text : `file:${database.text}`,
      ...(token === undefined ? {} : { authToken: token.text }),
      statements: script.statements.map(({ sql, values }) => ({ sql, values: [...values] })),
      answerPath: `${workDir}/${ANSWER_FILE}`,
    };
    const path = await ports.files.write(workDir, ORDER_FILE, JSON.stringify(order));
    // What the program prints is data of the database: a row must not be able to set an output.
    return { command: ports.sql.command, args: [...ports.sql.args, path], readsOutputs: false };
  },
  async conclude({ ports, workDir, outputs }) {
    const answer = await ports.files.read(workDir, ANSWER_FILE);
    for (const [name, value] of Object.entries(answer === null ? {} : parseAnswer(answer))) outputs.set(name, value);
  },
};
