/**
 * What the schemas of the server's own channels and plugins say, in another language: by the English text. A text that is
 * not here, as those of installed plugins, is shown as its schema has it.
 */
export type SchemaMessages = Readonly<Record<string, string>>;

export const enSchema: SchemaMessages = {};

/** Schemas of plugins are anybody's, and so are their texts: only what stands in the list is taken from it. */
export function wordOf(words: SchemaMessages, text: string): string {
  return Object.hasOwn(words, text) ? words[text]! : text;
}
