/**
 * `npm run ui:report`: what every page costs, how the heavy ones move, and what axe says of each, in dist/ui-report as Markdown
 * and JSON. Times depend on the machine, so they are only told; a page of more than 2,500 elements fails on every machine.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { startTestServer } from '../e2e/support/server.ts';
import { admit, findViolations, launchBrowser } from '../e2e/ui/browser.ts';
import { FURNISHED_ENV, furnish } from '../e2e/ui/furnish.ts';
import { viewsOf } from '../e2e/ui/gallery.ts';
import { ensureUi } from './build-ui.ts';
import { repoRoot } from './repo.ts';
import { createMeter, LISTEN_FOR_LONG_TASKS, type PageFigures } from './ui-report/measure.ts';
import { type Finding, lookAtScenes } from './ui-report/scenes.ts';

const FOLDER = resolve(repoRoot, 'dist/ui-report');
const MOST_NODES = 2_500;
/** Leaves out what takes minutes: graphs and runs of more than 1,000 tasks. */
const isShort = process.argv.includes('--short');

interface PageReport extends PageFigures {
  /** One line for each rule of axe that is broken. */
  readonly violations: readonly string[];
}

function asMarkdown(machine: string, pages: readonly PageReport[], scenes: readonly Finding[]): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    '# What the pages of the UI cost',
    '',
    `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}, 1440 × 900, empty cache. Times are of this machine, under whatever else it did.`,
    '',
    row(['page', 'elements', 'KiB', 'long tasks', 'longest ms', 'heap MiB', 'ready ms', 'axe']),
    row(['---', '--:', '--:', '--:', '--:', '--:', '--:', '--:']),
    ...pages.map((page) =>
      row([
        ...[page.name, page.nodes, page.transferredKib, page.longTasks, page.longestTaskMs, page.heapMib, page.readyMs],
        page.violations.length,
      ]),
    ),
    '',
    row(['heavy page', 'figures']),
    row(['---', '---']),
    ...scenes.map(({ scene, figure }) => row([scene, figure])),
    '',
    ...pages.flatMap(({ name, violations }) => violations.map((line) => `- ${name}: ${line}`)),
  ].join('\n');
}

await ensureUi();
await using server = await startTestServer({ embeddedWorker: true, examples: true, env: FURNISHED_ENV });
await using browser = await launchBrowser();
const views = viewsOf(await furnish(server.client));
await using opened = await browser.open(server.url, { still: true });
const { page } = opened;
await page.addInitScript(LISTEN_FOR_LONG_TASKS);
await admit(page, server);
const measure = await createMeter(page);
const pages: PageReport[] = [];
for (const view of views) pages.push({ ...(await measure(view)), violations: await findViolations(page) });
const scenes = await lookAtScenes({ client: server.client, page, measure }, isShort);

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
await mkdir(FOLDER, { recursive: true });
await writeFile(join(FOLDER, 'report.json'), JSON.stringify({ machine, pages, scenes }, null, 2));
await writeFile(join(FOLDER, 'report.md'), `${asMarkdown(machine, pages, scenes)}\n`);
const most = pages.reduce((one, other) => (other.nodes > one.nodes ? other : one));
const broken = pages.filter(({ violations }) => violations.length > 0);
console.log(
  `${pages.length} pages, at most ${most.nodes} elements (${most.name}), ${broken.length} with violations: ${FOLDER}/report.md`,
);
for (const { name, nodes } of pages.filter(({ nodes }) => nodes > MOST_NODES)) {
  console.error(`${name} has ${nodes} elements, more than ${MOST_NODES}: draw what is seen.`);
  process.exitCode = 1;
}
