/** Numbers in English texts. */
export const count = (n: number): string => n.toLocaleString('en');
export const plural = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;
