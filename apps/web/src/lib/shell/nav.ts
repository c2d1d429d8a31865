/**
 * The pages that the rail, the sheet of all pages and the search lead to, in groups. A page that only some may see says which
 * permission it takes; who lacks it is not led there. A new page is one line here, and its word under `nav` of the texts.
 */
import Activity from '@lucide/svelte/icons/activity';
import Bell from '@lucide/svelte/icons/bell';
import BookOpen from '@lucide/svelte/icons/book-open';
import Boxes from '@lucide/svelte/icons/boxes';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CalendarSync from '@lucide/svelte/icons/calendar-sync';
import Ear from '@lucide/svelte/icons/ear';
import Folder from '@lucide/svelte/icons/folder';
import KeyRound from '@lucide/svelte/icons/key-round';
import Layers from '@lucide/svelte/icons/layers-2';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ListTree from '@lucide/svelte/icons/list-tree';
import Network from '@lucide/svelte/icons/network';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Server from '@lucide/svelte/icons/server';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Users from '@lucide/svelte/icons/users';
import Waypoints from '@lucide/svelte/icons/waypoints';
import WorkflowIcon from '@lucide/svelte/icons/workflow';
import Zap from '@lucide/svelte/icons/zap';
import type { MeView } from '@vaquita/client';
import type { Messages } from '#lib/i18n/en.ts';
import { routeFor } from '#lib/routes/route-for.ts';

export type NavGroup = keyof Messages['nav']['parts'];

export interface NavEntry {
  readonly id: Exclude<keyof Messages['nav'], 'parts'>;
  readonly group: NavGroup;
  readonly href: () => string;
  readonly icon: typeof Activity;
  /** Pages of which this is the entry: what their route ids begin with, below `/(app)`. */
  readonly holds: readonly string[];
  /** The second key, after g. */
  readonly key?: string;
  readonly needs?: MeView['permissions'][number];
  /** Stays at the foot of a phone; the others are in the sheet of all pages. */
  readonly atFoot?: boolean;
}

const page = (
  group: NavGroup,
  id: NavEntry['id'],
  href: () => string,
  more: Omit<NavEntry, 'group' | 'id' | 'href'>,
): NavEntry => ({ group, id, href, ...more });

const NAV: readonly NavEntry[] = [
  page('run', 'overview', routeFor.overview, { icon: Activity, holds: [''], key: 'o', atFoot: true }),
  page('run', 'workflows', () => routeFor.workflows(), {
    icon: WorkflowIcon,
    holds: ['/workflows', '/p/[project]/workflows'],
    key: 'w',
    atFoot: true,
  }),
  page('run', 'projects', () => routeFor.projects(), { icon: Folder, holds: ['/projects'], key: 'j' }),
  page('run', 'runs', () => routeFor.runs(), {
    icon: ListTree,
    holds: ['/runs', '/p/[project]/runs'],
    key: 'r',
    atFoot: true,
  }),
  page('run', 'dependencies', () => routeFor.dependencies(), { icon: Waypoints, holds: ['/dependencies'], key: 'p' }),
  page('run', 'tasks', () => routeFor.tasks(), { icon: ListChecks, holds: ['/tasks'], key: 'i' }),
  page('time', 'schedules', () => routeFor.schedules(), {
    icon: CalendarClock,
    holds: ['/schedules', '/calendars', '/forecast'],
    key: 's',
    atFoot: true,
  }),
  page('time', 'backfills', () => routeFor.backfills(), { icon: CalendarSync, holds: ['/backfills'], key: 'b' }),
  page('time', 'triggers', () => routeFor.triggers(), { icon: Zap, holds: ['/triggers'], key: 'h' }),
  page('place', 'workers', () => routeFor.workers(), { icon: Server, holds: ['/workers'], key: 'k' }),
  page('place', 'groups', () => routeFor.taskGroups(), { icon: Layers, holds: ['/task-groups'], key: 'q' }),
  page('place', 'environments', () => routeFor.environments(), {
    icon: Boxes,
    holds: ['/environments', '/secrets', '/data-sources'],
    key: 'e',
  }),
  page('tell', 'alerts', () => routeFor.alerts(), { icon: Bell, holds: ['/alerts'], key: 'a', atFoot: true }),
  page('tell', 'listeners', () => routeFor.listeners(), {
    icon: Ear,
    holds: ['/listeners'],
    key: 'l',
    needs: 'admin',
  }),
  page('system', 'system', routeFor.system, { icon: Network, holds: ['/system'], key: 'y' }),
  page('system', 'users', () => routeFor.users(), { icon: Users, holds: ['/users'], key: 'u', needs: 'admin' }),
  page('system', 'roles', routeFor.roles, { icon: ShieldCheck, holds: ['/roles'] }),
  page('system', 'tokens', routeFor.tokens, { icon: KeyRound, holds: ['/tokens'], key: 't' }),
  page('system', 'audit', () => routeFor.audit(), { icon: ScrollText, holds: ['/audit'], key: 'd', needs: 'admin' }),
  page('system', 'guide', () => routeFor.guide(), { icon: BookOpen, holds: ['/help'] }),
];

/** Those that this one may see. */
export function navFor(me: Pick<MeView, 'permissions'> | undefined): readonly NavEntry[] {
  return NAV.filter(({ needs }) => needs === undefined || me?.permissions.includes(needs));
}

/** Whether a page belongs to the entry. @param route its id, as SvelteKit has it */
export function isWithin({ holds }: NavEntry, route: string | null): boolean {
  const below = route?.replace('/(app)', '');
  return holds.some((part) => below === part || (part !== '' && below?.startsWith(`${part}/`)));
}

/** The entries in their groups, both in the order above. */
export function grouped(entries: readonly NavEntry[]): readonly (readonly [NavGroup, readonly NavEntry[]])[] {
  return [...Map.groupBy(entries, ({ group }) => group)];
}
