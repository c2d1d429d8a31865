/** The address of who asks: of the connection, or behind a trusted proxy what that proxy saw. */
export function peerOf(raw: Request, direct: string, trustProxy: boolean): string {
  const forwarded = trustProxy ? raw.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return forwarded || direct;
}
