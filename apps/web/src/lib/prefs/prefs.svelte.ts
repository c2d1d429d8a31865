/** What a person chose on this machine: theme, language, zone, small habits. Kept in local storage, reactive. */

export type Density = 'compact' | 'normal' | 'relaxed';
export type Theme = 'light' | 'dark' | 'system';

function read(key: string): string | null {
  try {
    return localStorage.getItem(`vaquita.${key}`);
  } catch {
    return null;
  }
}

/** Storage may be full or forbidden: the choice then lasts as long as the page. */
function write(key: string, value: string): void {
  try {
    localStorage.setItem(`vaquita.${key}`, value);
  } catch {
    return;
  }
}

class Preferences {
  #theme = $state<Theme>(asTheme(read('theme')));
  #zone = $state(read('zone') ?? '');
  #density = $state<Density>(applyDensity(read('density')));
  #singleKeys = $state(read('keys') !== 'off');
  #wrap = $state(read('wrap') === 'on');
  #project = $state(read('project') ?? '');
  #folded = $state.raw<readonly string[]>((read('folded') ?? '').split(' '));
  #split = $state(Number(read('split') ?? '') || 0.52);

  readonly storedLocale = read('locale');

  get theme(): Theme {
    return this.#theme;
  }
  set theme(theme: Theme) {
    this.#theme = theme;
    write('theme', theme);
    applyTheme(theme);
  }

  /** IANA zone, or undefined for the browser's. */
  get zone(): string | undefined {
    return this.#zone === '' ? undefined : this.#zone;
  }
  set zone(zone: string | undefined) {
    this.#zone = zone ?? '';
    write('zone', this.#zone);
  }

  /** How high the rows of lists are. */
  get density(): Density {
    return this.#density;
  }
  set density(density: Density) {
    this.#density = applyDensity(density);
    write('density', density);
  }

  /** Shortcuts of one letter can be switched off, as WCAG 2.1.4 asks. */
  get singleKeys(): boolean {
    return this.#singleKeys;
  }
  set singleKeys(on: boolean) {
    this.#singleKeys = on;
    write('keys', on ? 'on' : 'off');
  }

  get wrap(): boolean {
    return this.#wrap;
  }
  set wrap(on: boolean) {
    this.#wrap = on;
    write('wrap', on ? 'on' : 'off');
  }

  /** The project that was looked at last. */
  get project(): string {
    return this.#project;
  }
  set project(project: string) {
    this.#project = project;
    write('project', project);
  }

  /** Groups of the rail that are folded up. */
  get folded(): readonly string[] {
    return this.#folded;
  }
  fold(group: string, folded: boolean): void {
    this.#folded = [...this.#folded.filter((other) => other !== group), ...(folded ? [group] : [])];
    write('folded', this.#folded.join(' '));
  }

  /** Share of the width of a run page that its left pane takes. */
  get split(): number {
    return this.#split;
  }
  set split(share: number) {
    this.#split = Math.min(0.8, Math.max(0.25, share));
    write('split', String(this.#split));
  }

  rememberLocale(locale: string): void {
    write('locale', locale);
  }
}

function asTheme(text: string | null): Theme {
  return text === 'light' || text === 'dark' ? text : 'system';
}

function applyDensity(text: string | null): Density {
  const density = text === 'compact' || text === 'relaxed' ? text : 'normal';
  document.documentElement.dataset.density = density;
  return density;
}

function applyTheme(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

/** Follows the system while the choice is "system". Returns how to stop. */
export function followSystemTheme(): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => applyTheme(prefs.theme);
  query.addEventListener('change', apply);
  return () => query.removeEventListener('change', apply);
}

export const prefs = new Preferences();
