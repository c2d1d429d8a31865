/**
 * Events as CloudEvents 1.0, the form in which every built-in listener passes them on:
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
import type { ListenerEvent } from '@vaquita/core';

/** The attributes beside `data`. Names of extensions are lower case letters and digits only. */
export type CloudEventAttributes = Readonly<Record<string, string>> & {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
};

export const STRUCTURED = 'application/cloudevents+json; charset=utf-8';

/** Enough for every safe integer: sequences are compared as text. */
const SEQUENCE_DIGITS = 16;

export function cloudEventAttributes(event: ListenerEvent, source: string): CloudEventAttributes {
  const { project } = event;
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: `vaquita.${event.type}`,
    subject: event.subject,
    time: new Date(event.time).toISOString(),
    datacontenttype: 'application/json',
    // https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md
    sequence: String(event.seq).padStart(SEQUENCE_DIGITS, '0'),
    dataversion: String(event.version),
    ...(project === null ? {} : { projectid: project.id, projectname: project.name }),
  };
}

/** One line of JSON that holds everything. */
export function structuredCloudEvent(event: ListenerEvent, source: string): string {
  return JSON.stringify({ ...cloudEventAttributes(event, source), data: event.data });
}

/**
 * Attributes as header values (HTTP binding, 3.1.3.2): what is not printable ASCII, the space, quotes and the percent sign
 * are written as percent and hex.
 */
export function headerValue(text: string): string {
  return text.toWellFormed().replace(/[^\x21\x23-\x24\x26-\x7e]+/g, encodeURIComponent);
}
