/** What one page costs, as the browser itself tells it. */
import type { CDPSession, Page } from 'playwright-core';
import { openView, type View } from '../../e2e/ui/gallery.ts';

export interface PageFigures {
  readonly name: string;
  readonly path: string;
  readonly nodes: number;
  /** Over the wire, compressed, with an empty cache. */
  readonly transferredKib: number;
  /** Of 50 ms and more, in which the page answered nobody. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
  readonly heapMib: number;
  /** From the begin of the navigation until nothing loads and the main thread has time. */
  readonly readyMs: number;
}

/** Long tasks are only told to those who listen from the begin. */
export const LISTEN_FOR_LONG_TASKS = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });`;

export async function createMeter(page: Page): Promise<(view: View) => Promise<PageFigures>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Performance.enable');
  return async (view) => {
    bytes = 0;
    await openView(page, view);
    const readyMs = await page.evaluate<number>(
      'new Promise((done) => requestIdleCallback(() => done(performance.now()), { timeout: 60_000 }))',
    );
    const transferred = bytes;
    const longTasks = await page.evaluate<number[]>('globalThis.longTasks');
    const nodes = await page.evaluate<number>('document.querySelectorAll("*").length');
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
    return {
      ...{ name: view.name, path: view.path, nodes },
      transferredKib: Math.round(transferred / 1024),
      longTasks: longTasks.length,
      longestTaskMs: Math.round(Math.max(0, ...longTasks)),
      heapMib: Math.round((heap / 1024 / 1024) * 10) / 10,
      readyMs: Math.round(readyMs),
    };
  };
}

export interface Frames {
  readonly perSecond: number;
  readonly longestMs: number;
}

/** Frames drawn while the element is scrolled or zoomed with each of them, for two seconds. */
export async function frames(page: Page, selector: string, how: 'scroll' | 'zoom'): Promise<Frames> {
  await page.locator(selector).first().waitFor();
  return page.evaluate<Frames>(`new Promise((done) => {
    const target = document.querySelector(${JSON.stringify(selector)});
    const { left, top, width, height } = target.getBoundingClientRect();
    const times = [];
    const step = (now) => {
      times.push(now);
      if (${how === 'scroll'}) target.scrollTop = (target.scrollTop + 240) % (target.scrollHeight - target.clientHeight);
      else target.dispatchEvent(new WheelEvent('wheel', {
        deltaY: times.length % 60 < 30 ? -40 : 40, ctrlKey: true, bubbles: true, cancelable: true,
        clientX: left + width / 2, clientY: top + height / 2,
      }));
      if (now - times[0] < 2000) return requestAnimationFrame(step);
      const gaps = times.slice(1).map((time, i) => time - times[i]);
      done({
        perSecond: Math.round((gaps.length * 1000) / (times.at(-1) - times[0])),
        longestMs: Math.round(Math.max(...gaps)),
      });
    };
    requestAnimationFrame(step);
  })`);
}

/** From the last key of a search to the frame that shows its matches. */
export function searchMs(page: Page, selector: string, text: string): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const field = document.querySelector(${JSON.stringify(selector)});
    const began = performance.now();
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return Math.round(performance.now() - began);
  })()`);
}
