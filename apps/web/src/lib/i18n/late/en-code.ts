/** What the text editor says, by its own English words. There is nothing to say otherwise in English. */
export type CodeMessages = Readonly<Record<string, string>>;

export const enCode: CodeMessages = {};
