/** Lets go wrong what the plan says, each at its time, and keeps a record of what did and when. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SmallDisk } from '../../support/small-disk.ts';
import type { Trouble } from '../model/facts.ts';
import type { FaultPlan } from '../plan/plan.ts';
import type { ChaosAgent } from './agent.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import type { ChaosServer } from './chaos-server.ts';

export interface Stage {
  readonly servers: readonly ChaosServer[];
  readonly agents: ReadonlyMap<string, ChaosAgent>;
  readonly disk: SmallDisk | null;
  /** Null: each server has its own, as a file. */
  readonly database: ChaosDatabase | null;
}

/** Makes it happen, waits for its time, and makes it good again. @returns what happened; null when it cannot happen here. */
export async function letHappen(fault: FaultPlan, stage: Stage): Promise<Trouble | null> {
  const at = Date.now();
  const { what } = fault;
  const over = (target: string): Trouble => ({ what, target, at, overAt: Date.now() });
  switch (fault.what) {
    case 'server-kill': {
      const server = stage.servers[fault.server]!;
      const role = await server.role();
      const at = Date.now();
      await server.kill9();
      await pause(fault.forMs);
      await server.start();
      return { ...over(`server ${fault.server}`), at, role };
    }
    case 'server-freeze': {
      const server = stage.servers[fault.server]!;
      const role = await server.role();
      const at = Date.now();
      server.freeze();
      await pause(fault.forMs);
      server.thaw();
      return { ...over(`server ${fault.server}`), at, role };
    }
    case 'agent-kill': {
      const agent = stage.agents.get(fault.agent)!;
      await agent.kill9();
      await pause(fault.forMs);
      agent.start();
      return over(fault.agent);
    }
    case 'agent-freeze': {
      const agent = stage.agents.get(fault.agent)!;
      agent.freeze();
      await pause(fault.forMs);
      agent.thaw();
      return over(fault.agent);
    }
    case 'cut': {
      const agent = stage.agents.get(fault.agent)!;
      agent.silence(fault.mode);
      await pause(fault.forMs);
      agent.hear();
      return over(fault.agent);
    }
    case 'database-kill': {
      const { database } = stage;
      if (!database) return null;
      await database.kill9();
      await pause(fault.forMs);
      await database.start();
      return over('database');
    }
    case 'database-freeze': {
      const { database } = stage;
      if (!database) return null;
      database.freeze();
      await pause(fault.forMs);
      database.thaw();
      return over('database');
    }
    case 'disk-full': {
      const { disk } = stage;
      if (!disk) return null;
      const until = at + fault.forMs;
      // What is deleted meanwhile makes room, which is taken too.
      do {
        await disk.fill();
        await pause(Math.max(0, Math.min(100, until - Date.now())));
      } while (Date.now() < until);
      disk.free();
      return over('');
    }
  }
}
