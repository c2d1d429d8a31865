/** Lets the UI import pages of docs/guide as HTML, made when it is built: whole, or with `?title` only what they are called. */
import type { Plugin } from 'vite';
import { renderGuide } from './guide-html.ts';

const PAGE = /[\\/]docs[\\/]guide[\\/][\w-]+\.md(\?title)?$/;

export function guide(): Plugin {
  return {
    name: 'vaquita-guide',
    enforce: 'pre',
    transform(markdown, id) {
      const [found, onlyTitle] = PAGE.exec(id) ?? [];
      if (found === undefined) return undefined;
      const page = renderGuide(markdown);
      return { code: `export default ${JSON.stringify(onlyTitle === undefined ? page : page.title)};`, map: null };
    },
  };
}
