/** What a file field may take: a file is looked at before it is read, so that a huge one harms nothing. */

/** Of a file that goes to the server inside a JSON body, whose limit is 1 MiB. */
const MAX_SENT_BYTES = 1_000_000;

/** The size in megabytes, for people, when the file is too large; undefined: it is not. */
export function tooLarge(file: { readonly size: number } | undefined): string | undefined {
  if (file === undefined || file.size <= MAX_SENT_BYTES) return undefined;
  const megabytes = file.size / 1_000_000;
  return megabytes < 10 ? megabytes.toFixed(2) : Math.round(megabytes).toString();
}
