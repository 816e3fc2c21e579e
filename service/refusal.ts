import type { MetadataProblem } from '../agent/agent.ts';

/** Why a request is refused. Each front end says it in its own terms; ids are named, a caller's words and keys never. */
export type Reason =
  | { readonly kind: 'unknown_conversation'; readonly id: string }
  | { readonly kind: 'unknown_turn'; readonly turnId: string }
  | { readonly kind: 'unknown_speech'; readonly turnId: string; readonly speech: string }
  | { readonly kind: 'unknown_agent'; readonly agent: string; readonly served: string }
  /** There is a conversation of this id, and it belongs to another agent. */
  | { readonly kind: 'agent_differs'; readonly id: string; readonly agent: string }
  /** The metadata of a conversation that was to be created does not fit the agent. */
  | { readonly kind: 'metadata_refused'; readonly problems: readonly MetadataProblem[] }
  /** That of a conversation that was created before. */
  | { readonly kind: 'metadata_unfit'; readonly id: string; readonly problems: readonly MetadataProblem[] }
  /** Its secret fields cannot be decrypted here. */
  | { readonly kind: 'metadata_unreadable'; readonly id: string; readonly why: string }
  | { readonly kind: 'no_greeting'; readonly agent: string }
  /** The key belongs to a turn that was posted with another body. */
  | { readonly kind: 'key_reused'; readonly turnId: string }
  /** The key belongs to a turn that no process has begun yet. */
  | { readonly kind: 'turn_not_begun'; readonly turnId: string }
  /** All clients that waited for the answer have left. */
  | { readonly kind: 'post_given_up' }
  /** Nothing is reported for a turn whose playout is assumed. */
  | { readonly kind: 'playout_assumed'; readonly turnId: string }
  /** The turn is over, or another process speaks for it. */
  | { readonly kind: 'turn_not_open'; readonly turnId: string }
  /** The process that speaks for the turn could not cut it. */
  | { readonly kind: 'interrupt_failed'; readonly turnId: string }
  | { readonly kind: 'audio_expired'; readonly turnId: string }
  | { readonly kind: 'audio_elsewhere'; readonly turnId: string }
  | { readonly kind: 'too_many_turns'; readonly limit: number }
  | { readonly kind: 'too_many_claims'; readonly limit: number }
  | { readonly kind: 'stopping' };

/** A request that was refused. A refused post has begun no turn; what was open in its conversation may have been interrupted. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reason: Reason;

  constructor(reason: Reason) {
    const { kind, ...values } = reason;
    super(`Refused: ${kind.replaceAll('_', ' ')} ${JSON.stringify(values)}`);
    this.reason = reason;
  }
}

export function refuse(reason: Reason): never {
  throw new Refusal(reason);
}
