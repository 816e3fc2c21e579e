import { createHash, randomBytes } from 'node:crypto';
import type { StartTurn } from '../contract/http.ts';
import type { TraceContext } from '../contract/trace-context.ts';
import type { Patience } from '../time/request-patience.ts';

const SUFFIX_BYTES = 12;

export interface TurnPost {
  readonly conversationId: string;
  readonly body: StartTurn;
  /** The Idempotency-Key. */
  readonly key: string | undefined;
  /** The one that the post belongs to, if any. A repeat of a key may have another. */
  readonly trace: TraceContext;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
}

/** A post under one of its key's ids. */
export interface Attempt extends TurnPost {
  readonly id: string;
  /** Of the body. */
  readonly digest: string;
  readonly patience: Patience;
  /** When the post came, on the clock of turns. */
  readonly startedMs: number;
  /** The same, in ISO 8601. */
  readonly postedAt: string;
}

/**
 * The id of a turn. With an idempotency key it follows from conversation and key, so that any process finds the turn that
 * a key has started; `attempt` counts the ids of one key, of which only the last one is not abandoned.
 */
export function turnIdFor(conversationId: string, key: string | undefined, attempt: number): string {
  if (key === undefined) return `turn-${conversationId}-${randomBytes(SUFFIX_BYTES).toString('hex')}`;
  const hash = createHash('sha256').update(`${conversationId}\n${key}`).digest('hex');
  const suffix = hash.slice(0, 2 * SUFFIX_BYTES);
  return `turn-${conversationId}-${attempt === 1 ? suffix : `${suffix}-${attempt}`}`;
}

/** The conversation that an id of `turnIdFor` names. Undefined for other ids: a program may start a turn under one of its own. */
export function conversationIn(turnId: string): string | undefined {
  return /^turn-([\w-]{1,64})-[0-9a-f]{24}(?:-\d{1,4})?$/.exec(turnId)?.[1];
}

/** Equal for equal bodies, however they were written: the schema has put fields in order and filled in defaults. */
export function digestOf({ input, modality, playout, context }: StartTurn): string {
  const canonical = JSON.stringify([input?.text ?? null, modality, playout, context ?? null]);
  return createHash('sha256').update(canonical).digest('base64url');
}
