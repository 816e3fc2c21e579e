import { createHash } from 'node:crypto';
import type { StartTurn } from '../contract/http.ts';
import type { TraceContext } from '../contract/trace-context.ts';
import type { Patience } from '../time/request-patience.ts';

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

/** A post that is on its way to become a turn. */
export interface Attempt extends Omit<TurnPost, 'key'> {
  /** Digest of the key and its conversation. */
  readonly key: string | undefined;
  /** Of the body. */
  readonly digest: string;
  readonly patience: Patience;
  /** When the post came, on the clock of turns. */
  readonly startedMs: number;
  /** The same, in ISO 8601. */
  readonly postedAt: string;
}

/** What is kept of a key: by it any process finds the turn that the key has started. */
export function digestOfKey({ conversationId, key }: Pick<TurnPost, 'conversationId' | 'key'>): string | undefined {
  return key === undefined ? undefined : digest(`${conversationId}\n${key}`);
}

/** Equal for equal bodies, however they were written: the schema has put fields in order and filled in defaults. */
export function digestOf({ input, modality, playout, context }: StartTurn): string {
  return digest(JSON.stringify([input?.text ?? null, modality, playout, context ?? null]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
