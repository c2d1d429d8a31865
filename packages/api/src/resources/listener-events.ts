/** /listener-events: what listeners hear of, what became of it, and what to do with an event that blocks one. */
import { listenerEventTypes } from '@vaquita/core';
import type { HeardEvent } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { eventsElsewhere } from '../listeners/events-elsewhere.ts';
import { instanceView } from '../listeners/instance-view.ts';
import {
  ListenerEventPage,
  ListenerEventQuery,
  ListenerEventTypePage,
  type ListenerEventView,
  ListenerInstanceView,
  ListenerSkip,
} from '../views/listener.ts';
import { requireInstance } from './listener-instances.ts';
import { isoTime, pageRequest, toPage, wholeList } from './paging.ts';

const TAG = 'Listeners';
const LIST = '/api/v1/listener-events';
const INSTANCE = '/api/v1/listener-instances/{listener}';

function toView({ event, failure }: HeardEvent): ListenerEventView {
  const { id, seq, type, version, time, project, subject, data } = event;
  return {
    ...{ id, seq, type, version, time: isoTime(time), subject, data: { ...data } },
    project: project && { ...project },
    failure: failure && { ...failure, firstAt: isoTime(failure.firstAt), lastAt: isoTime(failure.lastAt) },
  };
}

export function listenerEventEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock } = deps;
  return [
    endpoint({
      method: 'get',
      path: `${LIST}/types`,
      tag: TAG,
      access: 'view',
      summary: 'The types of listener events, with the JSON Schema of their data',
      status: 200,
      answer: ListenerEventTypePage,
      handle: async () => wholeList(listenerEventTypes().map((type) => ({ ...type, schema: { ...type.schema } }))),
    }),
    endpoint({
      method: 'get',
      path: LIST,
      tag: TAG,
      access: 'admin',
      summary: 'Events of a listener instance: what waits, what failed, what was delivered or skipped',
      description:
        'What waits comes oldest first, everything else newest first. Heard events are kept for a while only; those ' +
        'are listed that came since the listener was switched on or given other events to hear, and none ' +
        'where events are kept outside of the database.',
      errors: ['conflict'],
      query: ListenerEventQuery,
      status: 200,
      answer: ListenerEventPage,
      async handle({ query }) {
        const row = await requireInstance(deps, query.listener);
        const { status } = query;
        const page = pageRequest(query);
        const { events, areElsewhere } = deps.listeners;
        const found = areElsewhere
          ? await eventsElsewhere(events, row, { status, page })
          : await store.listeners.instances.events(row.id, status, page);
        return toPage(found, toView);
      },
    }),
    endpoint({
      method: 'post',
      path: `${INSTANCE}/skip`,
      tag: TAG,
      access: 'admin',
      summary: 'Have a listener instance go on after the event that blocks it',
      description: 'The event is named, so that none is skipped which nobody has looked at.',
      body: ListenerSkip,
      errors: ['conflict'],
      status: 200,
      answer: ListenerInstanceView,
      async handle({ params, body, caller }) {
        const { id, name, attempt, reason } = await requireInstance(deps, params.listener);
        await store.listeners.instances.skip(id, { seq: body.seq, by: caller.name, at: clock.now() });
        deps.listeners.changed();
        const data = { id, seq: body.seq, attempts: attempt, reason };
        await audit(caller, { action: 'listener.skip', subject: name, data });
        return instanceView(deps, await requireInstance(deps, id));
      },
    }),
    endpoint({
      method: 'post',
      path: `${INSTANCE}/retry`,
      tag: TAG,
      access: 'admin',
      summary: 'Have the event that blocks a listener instance tried now',
      errors: ['conflict'],
      status: 200,
      answer: ListenerInstanceView,
      async handle({ params, caller }) {
        const { id, name, blockedSeq } = await requireInstance(deps, params.listener);
        await store.listeners.instances.retry(id, clock.now());
        deps.listeners.changed();
        await audit(caller, { action: 'listener.retry', subject: name, data: { id, seq: blockedSeq } });
        return instanceView(deps, await requireInstance(deps, id));
      },
    }),
  ];
}
