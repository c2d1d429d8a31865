/** Pictures of the views, to look through before a release: dist/ui-pictures/light-en-1440/01-overview.png. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { REPO } from '../support/server.ts';
import type { Mode } from './browser.ts';
import type { View } from './gallery.ts';

export const PICTURES = join(REPO, 'dist/ui-pictures');

export interface Look {
  readonly mode: Mode;
  readonly locale: 'en-US' | 'zh-CN';
  readonly width: number;
}

export function folderOf({ mode, locale, width }: Look): string {
  return join(PICTURES, `${mode}-${locale.slice(0, 2)}-${width}`);
}

/** Of what the window shows. @param index of the view among all, so that a folder has the order of the menu. */
export async function takePicture(page: Page, look: Look, index: number, { name }: View): Promise<void> {
  const file = `${String(index + 1).padStart(3, '0')}-${name.replaceAll(/\W+/g, '-')}.png`;
  await page.screenshot({ path: join(folderOf(look), file), animations: 'disabled', caret: 'hide' });
}
