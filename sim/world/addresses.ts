/** Where servers are in a world: each is a machine of its own. */
import { socketUrl } from '@vaquita/protocol';

/** What a server tells the others of where it is. */
export const addressOf = (server: string): string => `https://${server}`;

/** Where workers connect to it. */
export const socketOf = (server: string): string => socketUrl(addressOf(server))!;

/** The server at that address. */
export const serverAt = (url: string): string => new URL(url).hostname;
