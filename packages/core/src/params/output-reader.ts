/**
 * The outputs that a program sets by what it prints. An entry point of its own (`@vaquita/core/outputs`), because the
 * process that reads what programs print needs this and nothing else of the package.
 */
import type { OutputDefinition } from '../definition/definition.ts';
import { createLineReader } from './line-reader.ts';
import { type CollectedOutputs, createOutputCollector } from './outputs.ts';

export type { CollectedOutputs, OutputDefinition };

export interface OutputReader {
  /** What the program prints on stdout, in pieces as they come. */
  add(text: string): void;
  /** All that it has set. A last line without a line end counts. */
  finish(): CollectedOutputs;
}

export function createOutputReader(declared: readonly OutputDefinition[]): OutputReader {
  const collector = createOutputCollector({ declared });
  const lines = createLineReader((line) => collector.addLine(line));
  return {
    add: (text) => lines.add(text),
    finish() {
      lines.end();
      return collector.finish();
    },
  };
}
