/** English texts of the palette. */
export const enPalette = {
  title: 'Go to',
  placeholder: 'A page, a name, a run such as nightly#12…',
  pages: 'Pages',
  workflows: 'Workflows',
  runs: 'Runs',
  actions: 'Actions',
  found: 'Found by name or id',
  everywhere: (text: string) => `Search for “${text}” on a page of its own`,
  more: {
    calendars: 'Calendars',
    forecast: 'Forecast',
    registry: 'Registry',
    retention: 'Retention',
    channels: 'Alert channels',
    grid: 'Grid',
    calendar: 'Calendar',
    statistics: 'Statistics',
  },
  runById: (id: string) => `The run with the id ${id}`,
  nothing: 'Nothing found',
  hint: '↑ ↓ choose · Enter opens · Esc closes',
  toggleTheme: 'Switch light and dark',
};

export type PaletteMessages = typeof enPalette;
