/**
 * `npm run e2e:ui`: the browser suite, with the Chromium of the machine. Where it is missing and can be installed without
 * asking for a password (root on Debian or Ubuntu, as in CI), it is installed; elsewhere the message says what to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { repoRoot } from './repo.ts';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The path of a browser that is there, or undefined. */
function findBrowser(): string | undefined {
  const chosen = process.env.VAQUITA_CHROMIUM;
  if (chosen === undefined) return CANDIDATES.find((path) => existsSync(path));
  if (existsSync(chosen)) return chosen;
  console.error(`VAQUITA_CHROMIUM names ${chosen}, and there is no such file.`);
  process.exit(1);
}

function installBrowser(): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.log('Chromium is missing; installing it with apt-get …');
  spawnSync(resolve(repoRoot, 'tools/install-browser.sh'), { stdio: ['ignore', 'inherit', 'inherit'] });
}

if (findBrowser() === undefined) installBrowser();
const browser = findBrowser();
if (browser === undefined) {
  console.error(
    'The browser tests need Chromium. On Debian and Ubuntu run tools/install-browser.sh; elsewhere install Chromium or ' +
      'Chrome. One in an unusual place is named by VAQUITA_CHROMIUM=<path>.',
  );
  process.exit(1);
}
const vitest = resolve(repoRoot, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'ui', ...process.argv.slice(2)], {
  cwd: repoRoot,
  stdio: 'inherit',
  env: { ...process.env, VAQUITA_CHROMIUM: browser },
});
process.exitCode = status ?? 1;
