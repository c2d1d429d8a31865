/** A single-page app: every page is rendered in the browser from one static index.html, in the chosen language. */
import { i18n, preferredLocale } from '#lib/i18n/i18n.svelte.ts';
import { prefs } from '#lib/prefs/prefs.svelte.ts';

export const ssr = false;
export const prerender = false;
export const trailingSlash = 'never';

export async function load(): Promise<void> {
  await i18n.use(preferredLocale(prefs.storedLocale, navigator.languages));
}
