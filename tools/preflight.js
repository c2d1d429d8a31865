// @ts-check
/**
 * Checks that the dependencies are there and that the running Node is one the sources work on. Plain JavaScript without
 * dependencies, because it has to run, and say what to do, exactly where nothing else would.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The oldest Node that runs TypeScript sources as they are. */
export const MINIMUM_NODE = /** @type {const} */ ([22, 18]);

/**
 * What stands in the way, in words for the person at the terminal; undefined when nothing does.
 * @param {{ version: string, platform: string, installed: boolean }} found
 * @returns {string | undefined}
 */
export function decidePreflight({ version, platform, installed }) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const recent = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
  if (!installed) return 'The dependencies are not installed yet. Run: npm ci';
  if (recent) return undefined;
  const wanted = `Node ${MINIMUM_NODE.join('.')} or newer is needed, and this is ${version}.`;
  const bundled = platform === 'linux' || platform === 'win32';
  return bundled
    ? `${wanted} The right one comes with the dependencies: start this with "npm run …" instead of "node …"; if you did, ` +
        'optional dependencies were left out at the install. Run: npm ci --include=optional'
    : `${wanted} Install one from your package manager or from nodejs.org and try again.`;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const problem = decidePreflight({
  version: process.version,
  platform: process.platform,
  installed: existsSync(join(root, 'node_modules', '.package-lock.json')),
});
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
