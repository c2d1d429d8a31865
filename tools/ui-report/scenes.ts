/** The heavy pages: big graphs, big runs, a long log. Each scene says what it found, or why it could not be measured. */
import type { VaquitaClient } from '@vaquita/client';
import type { Page } from 'playwright-core';
import { define, start, waitForRun } from '../../e2e/support/runs.ts';
import type { View } from '../../e2e/ui/gallery.ts';
import { frames, type PageFigures, searchMs } from './measure.ts';

const PROJECT = 'big';
const LOG_LINES = 100_000;

export interface Finding {
  readonly scene: string;
  readonly figure: string;
}

interface Stage {
  readonly client: VaquitaClient;
  readonly page: Page;
  readonly measure: (view: View) => Promise<PageFigures>;
}

/** Layers of fifty, each task after one of the layer before. */
function layered(name: string, count: number) {
  const tasks = Array.from({ length: count }, (_, n) => ({
    name: `t${String(n).padStart(5, '0')}`,
    type: 'noop',
    ...(n < 50 ? {} : { dependsOn: [`t${String(n - 50).padStart(5, '0')}`] }),
  }));
  return { name, tasks };
}

export async function lookAtScenes(stage: Stage, isShort: boolean): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const { client, page, measure } = stage;
  async function scene(name: string, look: () => Promise<string>): Promise<void> {
    let figure: string;
    try {
      figure = await look();
    } catch (error) {
      figure = `not measured: ${String(error).split('\n')[0]}`;
    }
    console.log(`${name}: ${figure}`);
    findings.push({ scene: name, figure });
  }
  const open = (name: string, path: string) => measure({ name, path, shows: null });
  const told = ({ readyMs, nodes, longestTaskMs }: PageFigures) =>
    `ready after ${readyMs} ms, ${nodes} nodes, longest task ${longestTaskMs} ms`;

  for (const count of isShort ? [1_000] : [1_000, 5_000]) {
    const workflow = await define(client, layered(`graph-${count}`, count), PROJECT);
    await scene(`graph of ${count} tasks`, async () => {
      const figures = await open('graph', `/p/${PROJECT}/workflows/${workflow}`);
      const { perSecond, longestMs } = await frames(page, 'main canvas', 'zoom');
      return `${told(figures)}; zooming ${perSecond} frames/s, longest ${longestMs} ms`;
    });
  }
  for (const count of isShort ? [1_000] : [1_000, 5_000, 10_000]) {
    const workflow = await define(client, layered(`run-${count}`, count), PROJECT);
    const run = await start(client, workflow, {}, PROJECT);
    await scene(`run of ${count} tasks`, async () => {
      await waitForRun(client, run, 'success', 300_000);
      return told(await open('run', `/p/${PROJECT}/runs/${run.id}`));
    });
    await scene(`timeline of ${count} tasks`, async () => {
      const { perSecond, longestMs } = await frames(page, 'main [role="listbox"]', 'scroll');
      return `scrolling ${perSecond} frames/s, longest ${longestMs} ms`;
    });
  }
  const script = `seq -f 'row %.0f of the export was written' ${LOG_LINES}`;
  const workflow = await define(
    client,
    { name: 'talkative', tasks: [{ name: 'say', type: 'shell', script }] },
    PROJECT,
  );
  const run = await start(client, workflow, {}, PROJECT);
  await scene(`log of ${LOG_LINES} lines`, async () => {
    await waitForRun(client, run, 'success', 120_000);
    const figures = await open('log', `/p/${PROJECT}/runs/${run.id}?task=say`);
    const { perSecond, longestMs } = await frames(page, 'main [role="log"]', 'scroll');
    const found = await searchMs(page, '.bar input[type="search"]', '77777');
    return `${told(figures)}; scrolling ${perSecond} frames/s, longest ${longestMs} ms; a search ${found} ms`;
  });
  return findings;
}
