/** What the keeper is made of on Node: little, so that it starts at once and takes little memory. */
export { runKeeper } from './kept/keeper.ts';
