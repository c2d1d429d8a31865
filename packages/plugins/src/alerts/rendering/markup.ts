/** Text of strangers inside the markup of vendors: what it says must arrive as it was said and do nothing. */

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => HTML_ENTITIES[sign] ?? sign);
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * CommonMark: ASCII punctuation may be escaped (https://spec.commonmark.org/0.31.2/#backslash-escapes). Only what can
 * start something is: vendors do not all read the others.
 */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]()#<>~|]/g, '\\$&').replace(/^(\s*)([-+]|\d+[.)])(?=\s)/gm, '$1\u200b$2');
}

/** Where no escape is documented: the signs that could start markup become their wide look-alikes. */
export function widenMarkup(text: string): string {
  return text.replace(/[<>[\]()*_`#~|@]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
}

/** An address inside markup that ends at a bracket, a parenthesis or a bar. */
export function escapeAddress(url: string): string {
  return url.replace(
    /[\s()<>[\]|"'`\\]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
