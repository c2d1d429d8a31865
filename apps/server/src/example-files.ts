/** The example workflows and the data they work on, found beside the server's source or, where absent, not at all. */
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerSettings } from './settings.ts';

const FOLDER = fileURLToPath(new URL('../../../examples', import.meta.url));
/** CSV and JSON files of the package vega-datasets. */
const DATA_SET = fileURLToPath(new URL('../../../node_modules/vega-datasets/data', import.meta.url));

export interface ExampleFiles {
  readonly texts: readonly string[];
  /** Values for the parameters `dataDir` and `outputDir` of the examples. */
  readonly places: Readonly<Record<string, string>>;
}

export async function readExampleFiles({ dataDir }: Pick<ServerSettings, 'dataDir'>): Promise<ExampleFiles> {
  const names = (await isThere(DATA_SET)) ? await readdir(FOLDER, { recursive: true }).catch(() => []) : [];
  const files = names.filter((name) => name.endsWith('.yaml')).sort();
  return {
    texts: await Promise.all(files.map((name) => readFile(join(FOLDER, name), 'utf8'))),
    places: { dataDir: DATA_SET, outputDir: join(dataDir, 'examples') },
  };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
