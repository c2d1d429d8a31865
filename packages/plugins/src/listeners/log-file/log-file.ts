/** One event a line, as JSON, in files of this server that are changed for new ones when they are full. */
import * as z from 'zod';
import { defineBuiltIn } from '../built-in-listener.ts';
import { structuredCloudEvent } from '../cloud-event.ts';
import { eventSource } from '../common-settings.ts';

const MEGABYTE = 1_048_576;

export const logFile = defineBuiltIn({
  name: 'log-file',
  title: 'Log file',
  settings: z.strictObject({
    file: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9][\w.-]*$/, 'This must be the name of a file: letters, digits, dots, dashes and underscores')
      .refine((name) => !/\.\d+$/.test(name), 'A name that ends in a dot and a number is for files that are full')
      .default('events.jsonl')
      .meta({ title: 'File', description: 'In the folder that the operator has set for listeners.' }),
    maxMegabytes: z.int().min(1).max(10_000).default(100).meta({ title: 'Size in MiB', description: 'Of one file.' }),
    maxFiles: z
      .int()
      .min(1)
      .max(1_000)
      .default(10)
      .meta({ title: 'Number of files', description: 'The oldest is removed when there are more.' }),
    flush: z.enum(['disk', 'system']).default('disk').meta({
      title: 'Flush',
      description:
        'disk: a line survives a power cut before the event counts as heard. system: faster, and a power cut may take the newest lines.',
    }),
    source: eventSource(),
  }),
  async open({ file, maxMegabytes, maxFiles, flush, source }, { ports }) {
    const lines = await ports.files.open({ name: file, maxBytes: maxMegabytes * MEGABYTE, maxFiles, flush });
    return {
      hear: (event) => lines.append(structuredCloudEvent(event, source)),
      close: () => lines.close(),
    };
  },
});
