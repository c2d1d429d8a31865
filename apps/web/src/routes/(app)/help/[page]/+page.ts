/** The page of the guide comes before it is shown, so that a link to a section of it finds the section. */
import { type GuidePage, guidePage } from '#lib/guide/guide.ts';

export async function load({ params }: { params: { page: string } }): Promise<{ readonly guide: GuidePage | null }> {
  return { guide: (await guidePage(params.page)) ?? null };
}
