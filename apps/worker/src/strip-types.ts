/** TypeScript to JavaScript by taking the types out, for a Node that cannot do it itself. Lines stay where they are. */
export async function stripTypes(source: string): Promise<string> {
  const { transform } = await import('sucrase');
  return transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true }).code;
}
