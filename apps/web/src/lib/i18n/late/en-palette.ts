/** English texts of the palette. */
export const enPalette = {
  title: 'Go to',
  placeholder: 'A page, a workflow or a run number…',
  pages: 'Pages',
  workflows: 'Workflows',
  runs: 'Runs',
  actions: 'Actions',
  found: 'Found by name or id',
  everywhere: (text: string) => `Search for “${text}” on a page of its own`,
  nothing: 'Nothing found',
  hint: '↑ ↓ choose · Enter opens · Esc closes',
  toggleTheme: 'Switch light and dark',
};

export type PaletteMessages = typeof enPalette;
