/** Items joined by `all` and `any`, nested; a list is short for `all`. The form of conditions and of dependencies. */
import * as z from 'zod';

export type Written<Item> =
  | Item
  | readonly Written<Item>[]
  | { readonly all: readonly Written<Item>[] }
  | { readonly any: readonly Written<Item>[] };

export type Tree<Item> = Item | { readonly all: readonly Tree<Item>[] } | { readonly any: readonly Tree<Item>[] };

/** More could not be shown or asked about in one go. */
export const MAX_ITEMS = 1_000;

/** `error` says what an item looks like. */
export function relationTree<Item extends object>(item: z.ZodType<Item>, error: string): z.ZodType<Written<Item>> {
  const tree: z.ZodType<Written<Item>> = z.lazy(() => {
    const list = z.array(tree).min(1);
    return z.union([item, list, z.strictObject({ all: list }), z.strictObject({ any: list })], { error });
  });
  return tree;
}

export interface Leaf<Item> {
  readonly item: Item;
  readonly path: string;
}

/** The items in order, each with its place. */
export function leavesOf<Item extends object>(tree: Written<Item>, path: string): Leaf<Item>[] {
  if (Array.isArray(tree)) return leavesOfList(tree, path);
  if ('all' in tree) return leavesOfList(tree.all, `${path}.all`);
  if ('any' in tree) return leavesOfList(tree.any, `${path}.any`);
  return [{ item: tree as Item, path }];
}

function leavesOfList<Item extends object>(list: readonly Written<Item>[], path: string): Leaf<Item>[] {
  return list.flatMap((entry, index) => leavesOf(entry, `${path}[${index}]`));
}

export function compileTree<Item extends object, Compiled>(
  tree: Written<Item>,
  compile: (item: Item) => Compiled,
): Tree<Compiled> {
  const list = (entries: readonly Written<Item>[]) => entries.map((entry) => compileTree(entry, compile));
  if (Array.isArray(tree)) return { all: list(tree) };
  if ('all' in tree) return { all: list(tree.all) };
  if ('any' in tree) return { any: list(tree.any) };
  return compile(tree as Item);
}
