/**
 * Documents of versions by what they say. A version never changes, so a document that was parsed once serves everybody
 * who reads that version; that it is the same object lets others remember what they made of it.
 */
import type { WorkflowDocument } from '@vaquita/core';

export interface DocumentCache {
  get(contentHash: string): WorkflowDocument | undefined;
  /** Parses the text and keeps the document. */
  add(contentHash: string, text: string): WorkflowDocument;
}

/** Characters of all documents that are kept; the one that was not asked for for longest goes first. */
const MAX_CHARS = 16_000_000;

export function createDocumentCache(maxChars = MAX_CHARS): DocumentCache {
  const kept = new Map<string, { readonly document: WorkflowDocument; readonly chars: number }>();
  let chars = 0;

  return {
    get(contentHash) {
      const found = kept.get(contentHash);
      if (!found) return undefined;
      kept.delete(contentHash);
      kept.set(contentHash, found);
      return found.document;
    },
    add(contentHash, text) {
      const document = JSON.parse(text) as WorkflowDocument;
      if (kept.has(contentHash) || text.length > maxChars) return document;
      kept.set(contentHash, { document, chars: text.length });
      chars += text.length;
      for (const [hash, old] of kept) {
        if (chars <= maxChars) break;
        kept.delete(hash);
        chars -= old.chars;
      }
      return document;
    },
  };
}
