/** Texts of the guide's pages; what stands in them is written in English. */
export const enGuide = {
  title: 'Guide',
  search: 'Search the guide',
  pages: 'Pages of the guide',
  results: 'Found',
  found: (count: number) => (count === 1 ? '1 section' : `${count} sections`),
  none: (query: string) => `Nothing about “${query}”`,
  noneText: 'All words must stand in one section. Try fewer, or other ones.',
  missing: (page: string) => `There is no page “${page}” in the guide`,
  all: 'All pages',
  language: 'The guide is written in English.',
};

export type GuideMessages = typeof enGuide;
