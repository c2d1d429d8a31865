/**
 * Frames: UTF-8 JSON, one message or an array of messages. `packFrames` packs a batch, `decodeWorkerFrame` and
 * `decodeMasterFrame` are the only way in. Knows nothing of sessions: it reports bad messages, it does not judge them.
 */
import { AppError } from '@vaquita/core';
import type * as z from 'zod/mini';
import { MAX_BAD_MESSAGES, MAX_BATCH_BYTES, MAX_BATCH_MESSAGES, MAX_FRAME_BYTES } from './constants.ts';
import type { MasterMessage, WorkerMessage } from './messages.ts';
import { masterSchemas, workerSchemas } from './schemas.ts';

export type ProtocolMessage = WorkerMessage | MasterMessage;

export interface EncodedMessage {
  readonly text: string;
  /** Of the text in UTF-8. One over the frame limit can never be sent: shorten it or give it up aloud. */
  readonly bytes: number;
}

export interface PackLimits {
  readonly maxFrameBytes?: number;
  readonly maxBatchBytes?: number;
  readonly maxBatchMessages?: number;
}

export function encodeMessage(message: ProtocolMessage): EncodedMessage {
  const text = JSON.stringify(message);
  return { text, bytes: utf8Length(text) };
}

/** Packs messages, in their order, into as few frames as the limits allow. Throws on one that no frame can carry. */
export function packFrames(messages: readonly EncodedMessage[], limits: PackLimits = {}): readonly string[] {
  const maxFrame = limits.maxFrameBytes ?? MAX_FRAME_BYTES;
  const maxBatch = Math.min(limits.maxBatchBytes ?? MAX_BATCH_BYTES, maxFrame);
  const maxMessages = limits.maxBatchMessages ?? MAX_BATCH_MESSAGES;
  const frames: string[] = [];
  let batch: string[] = [];
  let batchBytes = 2;

  function flush(): void {
    if (batch.length > 0) frames.push(batch.length === 1 ? batch[0]! : `[${batch.join(',')}]`);
    batch = [];
    batchBytes = 2;
  }

  for (const { text, bytes } of messages) {
    if (bytes > maxFrame) {
      throw new AppError('too_large', `A message of ${bytes} bytes is over the frame limit of ${maxFrame} bytes.`);
    }
    if (batch.length >= maxMessages || (batch.length > 0 && batchBytes + bytes + 1 > maxBatch)) flush();
    batch.push(text);
    batchBytes += bytes + 1;
  }
  flush();
  return frames;
}

/** One message that was not understood, and why, in words for the log of the side that sent it. */
export interface BadMessage {
  readonly type: string | null;
  readonly reason: string;
}

export interface DecodedFrame<Message> {
  readonly messages: readonly Message[];
  readonly bad: readonly BadMessage[];
  /** Message types of a newer version: ignored, counted. */
  readonly unknown: readonly string[];
  /** True when the whole frame was over the limit; nothing of it was read. */
  readonly tooLarge: boolean;
}

type Schemas = Readonly<Record<string, z.ZodMiniType>>;

/** A frame as the master receives it. */
export function decodeWorkerFrame(text: string, maxFrameBytes: number = MAX_FRAME_BYTES): DecodedFrame<WorkerMessage> {
  return decodeFrame<WorkerMessage>(text, workerSchemas, maxFrameBytes);
}

/** A frame as the worker receives it. */
export function decodeMasterFrame(text: string, maxFrameBytes: number = MAX_FRAME_BYTES): DecodedFrame<MasterMessage> {
  return decodeFrame<MasterMessage>(text, masterSchemas, maxFrameBytes);
}

function decodeFrame<Message>(text: string, schemas: Schemas, maxFrameBytes: number): DecodedFrame<Message> {
  // No character takes more than three bytes for each of its units: most frames need no counting.
  if (text.length > maxFrameBytes || (text.length * 3 > maxFrameBytes && utf8Length(text) > maxFrameBytes)) {
    return { messages: [], bad: [], unknown: [], tooLarge: true };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { messages: [], bad: [{ type: null, reason: 'the frame is not JSON' }], unknown: [], tooLarge: false };
  }
  const messages: Message[] = [];
  const bad: BadMessage[] = [];
  const unknown: string[] = [];
  for (const item of Array.isArray(parsed) ? parsed : [parsed]) {
    // One more than a session survives: the rest of the frame is not worth the reading.
    if (bad.length > MAX_BAD_MESSAGES) break;
    const type = messageType(item);
    if (type === null) {
      bad.push({ type: null, reason: 'a message must be an object with a text in "type"' });
    } else if (!Object.hasOwn(schemas, type)) {
      unknown.push(type);
    } else {
      const result = schemas[type]!.safeParse(item);
      if (result.success) messages.push(result.data as Message);
      else bad.push({ type, reason: explain(result.error) });
    }
  }
  return { messages, bad, unknown, tooLarge: false };
}

function messageType(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('type' in item)) return null;
  return typeof item.type === 'string' ? item.type : null;
}

function explain(error: z.core.$ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.map(String).join('.') || 'message'} ${explainIssue(issue)}`)
    .join('; ');
}

/** zod/mini carries no texts of its own: that keeps the worker's bundle small, so the words are here. */
function explainIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${issue.expected}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  return issue.message || 'is not valid';
}

/** Bytes of a text in UTF-8. JSON.stringify escapes lone surrogates, so every pair here is whole. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code <= 0xdbff) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}
