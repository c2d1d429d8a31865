/** Lets go wrong what the scenario says. */
import type { Fault } from '../scenario/scenario.ts';
import type { Database } from './database.ts';
import type { Fleet } from './fleet.ts';
import type { HintNet } from './hints.ts';
import type { Meter } from './meter.ts';
import type { SimServer } from './server.ts';
import type { Timeline } from './timeline.ts';

export interface DisasterDeps {
  readonly timeline: Timeline;
  readonly database: Database;
  readonly servers: readonly SimServer[];
  readonly fleet: Fleet;
  readonly hints: HintNet;
  readonly note: Meter['note'];
  readonly turnDatabaseClock: (byMs: number) => void;
  readonly say: (line: string) => void;
}

export function createDisasters(deps: DisasterDeps): (fault: Fault) => void {
  const { timeline, database, servers, fleet } = deps;
  const { trouble } = database;

  function serverOf(number: number): SimServer {
    return servers[number] ?? servers.find(({ leads }) => leads) ?? servers[0]!;
  }

  return (fault) => {
    const { elapsed } = timeline;
    deps.say(`fault ${JSON.stringify(fault)}`);
    switch (fault.what) {
      case 'busy':
        trouble.busyUntil = elapsed + fault.forMs;
        trouble.busyShare = fault.share;
        return;
      case 'lost':
        trouble.lostUntil = elapsed + fault.forMs;
        trouble.lostShare = fault.share;
        return;
      case 'conflict':
        trouble.conflictIn = fault.nth;
        return;
      case 'refused':
        trouble.refusedIn = fault.nth;
        return;
      case 'slow':
        trouble.slowUntil = elapsed + fault.forMs;
        trouble.slowBy = fault.byMs;
        return;
      case 'crash':
        serverOf(fault.server).crash(fault);
        return;
      case 'shutdown': {
        const server = serverOf(fault.server);
        if (server.process.alive) deps.note('shutdown');
        server.shutDown(fault.downMs);
        return;
      }
      case 'removed':
        deps.note('removed');
        serverOf(fault.server).remove();
        return;
      case 'hold': {
        const { process } = serverOf(fault.server);
        if (process.alive) deps.note('hold');
        process.hold();
        timeline.after(fault.forMs, () => process.letGo());
        fleet.keepWaiting(fault.forMs);
        return;
      }
      case 'clock':
        deps.note('clock');
        serverOf(fault.server).turn(fault.byMs);
        return;
      case 'database_clock':
        deps.note('database_clock');
        deps.turnDatabaseClock(fault.byMs);
        return;
      case 'unheard':
        deps.hints.cutOff(serverOf(fault.server).name, fault.forMs);
        return;
      case 'unreachable':
        trouble.unreachableUntil.set(serverOf(fault.server).process.name, elapsed + fault.forMs);
        return;
      default:
        fleet.inflict(fault);
    }
  };
}
