/** The chosen language, reactive: components read `i18n.m` and change in place. Chinese is a chunk of its own. */
import { en, type Messages } from './en.ts';

export const LOCALES = ['en', 'zh-CN'] as const;
export type Locale = (typeof LOCALES)[number];
export const LOCALE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', 'zh-CN': '简体中文' };

const LOADERS: Readonly<Record<Locale, () => Promise<Messages>>> = {
  en: async () => en,
  'zh-CN': async () => (await import('./zh-CN.ts')).zhCN,
};

class I18n {
  m = $state.raw<Messages>(en);
  locale = $state<Locale>('en');

  /** Switches without a reload; also what the first page waits for. */
  async use(locale: Locale): Promise<void> {
    this.m = await LOADERS[locale]();
    this.locale = locale;
    document.documentElement.lang = locale;
  }
}

export const i18n = new I18n();

/** The language to start with: what was chosen before, else what the browser asks for. */
export function preferredLocale(stored: string | null, asked: readonly string[]): Locale {
  for (const candidate of [stored ?? '', ...asked]) {
    if (candidate.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (candidate.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}
