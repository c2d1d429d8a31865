/** Preferences that follow a person from browser to browser: what is chosen holds here at once, and is kept on the server. */
import type { PreferencesChange, PreferencesView } from '@vaquita/client';
import { api } from '#lib/data/api.ts';
import { i18n, LOCALES, type Locale } from '#lib/i18n/i18n.svelte.ts';
import { type Density, prefs, type Theme } from './prefs.svelte.ts';

/** What the server keeps of the person who has come in; what it does not keep stays as it is in this browser. */
export function adopt({ locale, theme, zone, density }: PreferencesView): void {
  if (theme !== undefined) prefs.theme = theme as Theme;
  if (zone !== undefined) prefs.zone = zone;
  if (density !== undefined) prefs.density = density as Density;
  const known = LOCALES.find((one) => one === locale);
  if (known !== undefined) useLocale(known);
}

/** Without a server that can be reached it holds in this browser only. */
export function choose(change: PreferencesChange): void {
  if (change.theme) prefs.theme = change.theme;
  if (change.zone !== undefined) prefs.zone = change.zone ?? undefined;
  if (change.density) prefs.density = change.density;
  if (change.locale) useLocale(change.locale);
  api.account.setPreferences(change).catch(() => {});
}

function useLocale(locale: Locale): void {
  if (locale === i18n.locale) return;
  prefs.rememberLocale(locale);
  void i18n.use(locale);
}
